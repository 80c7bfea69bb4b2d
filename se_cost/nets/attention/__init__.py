"""Channel attention: one file for each kind of block, and the places in a network it goes to."""
