"""Why: HOW pages are got: key, limit, retries, cache, paging. May import catalog, progress, settings and errors."""
