"""One function a report, of a prepared frame."""
