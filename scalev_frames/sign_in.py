"""Why: a key is checked, remembered and forgotten in the same way from a panel, a prompt and a terminal.

May import account and everything below it.
"""
