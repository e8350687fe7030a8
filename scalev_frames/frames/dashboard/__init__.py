"""The columns and files of the dashboard's own exports."""
