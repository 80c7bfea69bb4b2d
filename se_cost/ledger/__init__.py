"""What a network costs on paper: one row per layer, and views over the rows."""
