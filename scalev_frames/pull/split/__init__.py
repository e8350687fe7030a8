"""Where a list is split among workers, and whether the parts make it whole: pure."""
