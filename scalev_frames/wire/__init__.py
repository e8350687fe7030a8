"""How one request becomes one response: key, limits, retries, deadlines; what an answer says is in `answers`."""
