"""What a network is: one frozen value, a tree of a few words."""
