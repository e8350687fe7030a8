"""How one request becomes one response: key, limits, retries, parsing, paging."""
