"""What pyproject.toml sets: defaults of options, and lists of networks."""
