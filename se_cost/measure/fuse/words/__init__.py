"""Modules of others, said in the words of ours: sequences, sums, stacks and gates."""
