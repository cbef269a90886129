"""Run as a script, in a process of its own: one document, within its limits.

Reads a job from standard input and writes the files beside its source. It sees the
folder it is given and the fonts of our packages: no system font, no package, no network.
"""

import json
import resource
import sys
from pathlib import Path

import fontpkg_inter
import typst

MEMORY = 1536 * 2**20


def main():
    job = json.load(sys.stdin)
    for limit, most in (
        (resource.RLIMIT_CPU, job["seconds"]),
        (resource.RLIMIT_AS, MEMORY),
    ):
        resource.setrlimit(limit, (most, most))
    root = Path(job["root"])
    made = typst.compile(
        root / "main.typ",
        root=root,
        format=job["kind"],
        ppi=job["ppi"],
        font_paths=[Path(fontpkg_inter.__file__).parent / "files"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(job["data"], ensure_ascii=False)},
        # Where packages would be looked for first: there are none.
        package_path=root / "packages",
        package_cache_path=root / "packages",
        timestamp=job["timestamp"],
    )
    for number, content in enumerate([made] if isinstance(made, bytes) else made):
        (root / f"made-{number}").write_bytes(content)


if __name__ == "__main__":
    main()
