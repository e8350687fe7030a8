"""What the tabs of the workbench hold beside table and pivot: exports, pictures, reports."""
