"""The program: `se-cost` and `python -m se_cost` both run this."""

import gc


def run() -> None:
    """Run the command line without the garbage collector.

    A counting command is over before there is garbage, and looking for it while modules load
    takes a tenth of its time; a timing command must not be disturbed by it anyway.
    """
    gc.disable()
    from se_cost.cli import main

    main()


if __name__ == "__main__":
    run()
