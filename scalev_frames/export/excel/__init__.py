"""How frames become Excel workbooks."""
