"""Runs each measurement: the modules beside this one that have a `main()`, by name.

Each in a process of its own, so that none warms the caches of the next. The soak is
longer than all of them together and has a target of its own.
"""

import subprocess
import sys
from pathlib import Path

APART = {"__main__", "soak", "revenue_oracle"}


def main():
    paths = sorted(Path(__file__).parent.glob("*.py"))
    names = [path.stem for path in paths if "\ndef main(" in path.read_text()]
    codes = [_run(name) for name in names if name not in APART]
    sys.exit(max(codes, default=0))


def _run(name):
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{name}"]).returncode


if __name__ == "__main__":
    main()
