"""Attention in training: the same gradients from fewer passes, and fewer maps saved."""
