"""The method of timing, and the records that a timing leaves behind; needs no torch."""
