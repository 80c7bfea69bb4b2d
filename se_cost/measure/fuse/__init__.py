"""The same function with attention that costs next to nothing: exact rewrites of its blocks."""
