"""Attention of any network, found in its trace by the flow of data, whatever its spelling.

Not found: a factor of positions without a gate function, a quotient `x / (1 + exp(-z))`, a factor
that is the kernel of a convolution, and self-attention, which is products of matrices.
"""
