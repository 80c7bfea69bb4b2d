"""The signals that ask a program to end, beside Ctrl-C; not every system has all of them."""

import signal

ASKING = [  # as `timeout`, `docker stop` or a closed terminal do
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
]
