"""Documents in words: one file for each command, whose `page` is made of the document alone."""
