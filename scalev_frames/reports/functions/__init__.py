"""One function a report: of any frame of orders, or one that is prepared, and of what the words mean."""
