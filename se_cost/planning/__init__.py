"""Which attention fits a budget: choices, what they cost, and the best of them, without torch."""
