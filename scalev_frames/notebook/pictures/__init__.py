"""Pictures of what the reports count."""
