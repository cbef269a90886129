"""A short, private directory outside the project for sockets.

A Unix socket's path has room for about a hundred bytes, and a checkout may lie deep, or
below a directory that the servers' user may not enter.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path


def private_home(var: Path) -> Path:
    """The same directory each time for the same `var`, made if it is not there.

    Others may pass through it (the servers' user has to), not list it or write to it.
    """
    digest = hashlib.sha256(f"{os.geteuid()}:{var}".encode()).hexdigest()[:12]
    for attempt in range(100):
        home = _base() / f"cs-platform-{digest}-{attempt}"
        try:
            home.mkdir(mode=0o711)
        except FileExistsError:
            if not _is_ours(home):  # another user took the name: take the next
                continue
        home.chmod(0o711)  # whatever the umask
        return home
    raise OSError(f"no private directory under {_base()}")


def _base() -> Path:
    # Not TMPDIR first: on some systems it is long, private, or in upper case.
    short = Path("/tmp")
    return short if os.access(short, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _is_ours(home: Path) -> bool:
    found = home.lstat()
    is_private = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and is_private
