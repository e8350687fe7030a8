"""Everything that a call asks for is read, and what its list leaves out or does not show is asked for besides."""
