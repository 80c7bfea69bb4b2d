"""The figures that the SE paper prints, and ours beside them."""
