"""From a model to its torch module."""
