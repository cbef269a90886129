"""`python -m embedded keep|stop VAR`, run from inside `cs_platform/`."""

import os
import shutil
import sys
from pathlib import Path

from . import keeper, stop
from .home import private_home


def main() -> None:
    verb, var = sys.argv[1], Path(sys.argv[2])
    if verb == "stop":
        stop(var)
        # A keeper that was killed could not tidy up after itself.
        shutil.rmtree(private_home(var.resolve()), ignore_errors=True)
    elif verb == "keep":
        _detach()
        keeper.keep(var)
    else:
        sys.exit(f"unknown verb {verb!r}: keep or stop")


def _detach() -> None:
    """Leave the caller's terminal, its Ctrl-C and its process group behind."""
    if os.fork():
        os._exit(0)
    os.setsid()


main()
