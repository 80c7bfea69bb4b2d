"""The program: `se-cost` and `python -m se_cost` both run this."""

import gc
import sys


def run() -> None:
    """Run the command line without the garbage collector.

    A counting command is over before there is garbage, and looking for it while modules load
    takes a tenth of its time; a timing command must not be disturbed by it anyway.
    """
    gc.disable()
    try:
        from se_cost.cli import main

        main()
    except KeyboardInterrupt:  # while modules load; later the program ends by itself
        sys.exit(130)


if __name__ == "__main__":
    run()
