"""`python -m se_cost` is the command line `se-cost`."""

from se_cost.cli import main

if __name__ == "__main__":
    main()
