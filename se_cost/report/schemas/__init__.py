"""The JSON Schema of every document that the program writes."""
