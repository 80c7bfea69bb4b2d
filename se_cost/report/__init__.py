"""Results put into words: a result becomes a page of tables, a page becomes text."""
