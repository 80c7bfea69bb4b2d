"""Does a network cost more than it may? Budgets, the baseline, `check` and `diff`."""
