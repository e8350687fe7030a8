"""Exports in stretches of days, which the workers of a cluster do."""
