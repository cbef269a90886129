"""Set everything up, run it, and stop it all on Ctrl-C. `--empty`: without demo data.

Prepares the database, the translations, the static files and the demo workspaces (each
safe to run again), then runs the processes of the Procfile and, beside them, a sender
of live usage. What `manage.py seed_demo` prints (a login for each role, an API key) is
shown once the web process answers.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import environ

from cs_platform import embedded
from cs_platform.embedded.process import die_with_parent

from .children import Child, Children
from .orphans import adopt_orphans, collect_orphans
from .watchdog import Watchdog

BASE_DIR = Path(__file__).resolve().parent.parent.parent
MANAGE = [sys.executable, "manage.py"]
STARTED_BY = os.getppid()


def main() -> None:
    os.chdir(BASE_DIR)
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), _interrupt)
    environ.Env.read_env(BASE_DIR / ".env")
    os.environ.setdefault("HOST", "127.0.0.1")
    # What goes well is seen in the browser.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    host, port = os.environ["HOST"], int(os.environ.setdefault("PORT", "8000"))
    _refuse_a_taken_port(host, port)
    adopt_orphans()
    # Before the lease: the watchdog must not keep the servers alive.
    watchdog = Watchdog()
    try:
        welcome = _prepare()
        children = Children(_children(), watchdog, check=_check)
        children.run(host, port, welcome)
    except KeyboardInterrupt:
        _say("stopped")
    finally:
        if _uses_built_in_servers():
            embedded.release(_var())
        watchdog.close()
        collect_orphans()


def _prepare() -> str:
    _say("starting PostgreSQL and Redis")
    _ensure()
    _say("preparing the database")
    _run([*MANAGE, "migrate", "--verbosity", "0"])
    if (BASE_DIR / "locale").is_dir():
        _run(["pybabel", "--quiet", "compile", "-d", "locale", "-D", "django"])
    _collect_static()
    if not _is_wanted("seed_demo"):
        return ""
    _say("seeding the demo workspaces (the first time takes a while)")
    return _run([*MANAGE, "seed_demo"], stdout=subprocess.PIPE)


def _collect_static() -> None:
    """Hashing and compressing takes half a minute: only when a file has changed."""
    stamp = _var() / "run/static-collected"
    is_fresh = stamp.exists()
    stamp.unlink(missing_ok=True)
    collect = [*MANAGE, "collectstatic", "--noinput"]
    copied = _run([*collect, "--no-post-process"], stdout=subprocess.PIPE)
    if not (is_fresh and copied.strip().splitlines()[-1].startswith("0 ")):
        _say("collecting static files (again only when they change)")
        _run([*collect, "--verbosity", "0"])
    stamp.touch()


def _check() -> None:
    """Called every few seconds: are the servers there, is who started us there?"""
    if os.getppid() != STARTED_BY:  # make was killed, and could not tell us
        raise KeyboardInterrupt
    _ensure()


def _ensure() -> None:
    if _uses_built_in_servers():
        embedded.ensure(_var())


def _var() -> Path:
    return Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def _uses_built_in_servers() -> bool:
    has_database = os.environ.get("DATABASE_URL") or os.environ.get("APP_DATABASE_URL")
    return not (has_database and os.environ.get("REDIS_URL"))


def _children() -> list[Child]:
    lines = (BASE_DIR / "Procfile").read_text().splitlines()
    children = [Child(*line.split(": ", 1)) for line in lines if line]
    if _is_wanted("push_demo_usage"):
        children.append(Child("usage", "python manage.py push_demo_usage"))
    return children


def _is_wanted(command: str) -> bool:
    is_there = any(BASE_DIR.glob(f"*/management/commands/{command}.py"))
    return is_there and "--empty" not in sys.argv


def _run(command: list[str], **options) -> str:
    end_with_us = die_with_parent(signal.SIGTERM)
    done = subprocess.run(command, text=True, preexec_fn=end_with_us, **options)
    if done.returncode:
        sys.exit(f"demo: {' '.join(command)} failed")
    return done.stdout or ""


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            sys.exit(
                f"demo: cannot listen on {host}:{port} ({taken.strerror}). "
                f"Choose another port: make demo PORT={port + 1}"
            )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stdout.write(f"demo: {text}\n")
    sys.stdout.flush()


main()
