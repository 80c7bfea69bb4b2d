"""Data-parallel training and inference in several processes."""
