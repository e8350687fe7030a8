"""The panels: sign in, choose, fetch, look, report, export."""
