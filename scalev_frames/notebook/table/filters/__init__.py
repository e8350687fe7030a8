"""Which rows a table shows: conditions, what a person types, and the rows found."""
