"""What an answer says: data or an error, its rows, how many there are, and what asks for the next page."""
