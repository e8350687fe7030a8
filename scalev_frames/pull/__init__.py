"""How a list becomes a whole frame: split among workers, refreshed, checked, priced."""
