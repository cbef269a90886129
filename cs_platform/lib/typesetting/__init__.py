"""Documents as PDF or as pictures of their pages, set by typst.

What a document says is data: it is handed over as JSON beside the source and never
becomes a part of it, so no text is ever a command.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

CHILD = Path(__file__).parent / "child.py"
SECONDS = 10
PPI = 96


class NotTypeset(Exception):
    """The document could not be made, or not in time."""


def pdf(source: Path, data: dict, *, files=None, timestamp=0) -> bytes:
    """The document as PDF. Raises NotTypeset; takes no more than SECONDS."""
    return _made("pdf", source, data, files or {}, timestamp)[0]


def pages(source: Path, data: dict, *, files=None, ppi=PPI) -> list[bytes]:
    """Pictures (PNG) of its pages. Raises NotTypeset; takes no more than SECONDS."""
    return _made("png", source, data, files or {}, 0, ppi)


def _made(kind, source, data, files, timestamp, ppi=PPI):
    with tempfile.TemporaryDirectory(prefix="typeset-") as folder:
        root = Path(folder)
        (root / "main.typ").write_bytes(source.read_bytes())
        for name, content in files.items():
            (root / name).write_bytes(content)
        job = {"root": folder, "data": data, "kind": kind, "ppi": ppi}
        _run(job | {"timestamp": timestamp, "seconds": SECONDS})
        made = sorted(root.glob("made-*"), key=lambda path: int(path.name[5:]))
        return [path.read_bytes() for path in made]


def _run(job):
    try:
        subprocess.run(  # noqa: S603 (our own script, no shell)
            [sys.executable, "-I", str(CHILD)],
            input=json.dumps(job).encode(),
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotTypeset(f"not done in {SECONDS} seconds") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise NotTypeset(said[-500:]) from None
