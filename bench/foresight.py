"""Does a score foretell who falls silent? Asked of a usage log of your own.

    python -m bench.foresight FILE [--account A] [--user U] [--feature F] [--time T]
        [--outcome silent] [--horizon 90] [--step quarter] [--days 30]

FILE is a CSV (or .csv.gz) with a header; rows without an account are left out. The rows
go through the real pipeline (events, roll-up) on fresh servers; then the shipped cards
and the learned model are asked at each quarter end, the model having learned from
earlier ones only. Printed beside the number of active days and recency, with the gain
over active days by a formula (DeLong, clustered by account) and by drawing accounts
again (paired bootstrap).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.stack import ROOT
from cs_platform import embedded

MEASURE = "from bench.foretelling import run; run()"


def main():
    options = _options()
    if options.file is None:
        print("no file given: nothing to foretell (python -m bench.foresight FILE)")
        return
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as name:
        var = Path(name)
        try:
            embedded.ensure(var)
            _manage(var, options, "migrate", "--verbosity", "0")
            _manage(var, options, "create_tenant", "bench", "--name", "Bench")
            measure = ("shell", "--no-imports", "-v", "0", "-c", MEASURE)
            _manage(var, options, *measure)
        finally:
            embedded.stop(var)


def _options():
    parser = argparse.ArgumentParser(prog="python -m bench.foresight")
    parser.add_argument("file", nargs="?", type=lambda path: str(Path(path).resolve()))
    for name in ("account", "user", "feature"):
        parser.add_argument(f"--{name}", default=name)
    parser.add_argument("--time", default="timestamp")
    parser.add_argument("--outcome", default="silent", choices=("silent", "lost"))
    parser.add_argument("--horizon", type=int, default=90)
    parser.add_argument("--step", default="quarter", choices=("quarter", "month"))
    parser.add_argument("--days", type=int, default=30, help="how many ends, from last")
    return parser.parse_args()


def _manage(var, options, *command):
    environment = os.environ | {
        "VAR_DIR": str(var),
        "SECRET_KEY": "of-the-benchmark-and-of-nothing-else-at-all-0123456789",
        "LOG_LEVEL": "WARNING",
        "STATEMENT_TIMEOUT": "10min",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "OMP_NUM_THREADS": "1",
        "BENCH_FORESIGHT": json.dumps(vars(options)),
    }
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True
    )


if __name__ == "__main__":
    main()
