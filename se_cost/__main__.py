"""The program: `se-cost` and `python -m se_cost` both run this."""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

SIGNALLED = 128  # and the number of the signal is the exit code


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
    except SystemExit as end:
        if isinstance(end.code, int) and end.code > SIGNALLED:
            _end_now(end.code)
        raise


def _end_now(code: int) -> NoReturn:
    """End with an exit code even if a signal came while a library ran code by PyRun_String.

    Python then takes it for unhandled, and would end itself by SIGINT.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
