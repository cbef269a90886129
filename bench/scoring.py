"""Scoring a workspace against a mere scan of what it reads, in the same run.

BENCH_ACCOUNTS says how many accounts (10,000 unless said; 100,000 take a while to
write). Absolute numbers belong to the machine; the ratios are the aims.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.stack import ROOT
from cs_platform import embedded

MEASURE = "from bench.rescoring import run; run()"


def main():
    rows = run()
    width = max(len(name) for name, _, _ in rows)
    for name, measured, target in rows:
        print(f"{name:<{width}}  {measured:8.3f}  {target}")


def run():
    """Rows of (gate, measured, target)."""
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as name:
        var = Path(name)
        try:
            embedded.ensure(var)
            _manage(var, "migrate", "--verbosity", "0")
            _manage(var, "create_tenant", "bench", "--name", "Bench")
            said = _manage(var, "shell", "--no-imports", "-v", "0", "-c", MEASURE)
        finally:
            embedded.stop(var)
    *figures, rows = said.splitlines()
    print("\n".join(figures))
    return [tuple(row) for row in json.loads(rows)]


def _manage(var, *command):
    environment = os.environ | {
        "VAR_DIR": str(var),
        "SECRET_KEY": "of-the-benchmark-and-of-nothing-else-at-all-0123456789",
        "LOG_LEVEL": "WARNING",
        "STATEMENT_TIMEOUT": "10min",
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


if __name__ == "__main__":
    main()
