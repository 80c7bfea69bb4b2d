"""A page as a string: one function for each format."""
