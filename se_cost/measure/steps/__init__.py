"""From a torch module to one iteration of it."""
