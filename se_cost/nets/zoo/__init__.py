"""The networks there are: one file for each family, and the registry that knows them by name."""
