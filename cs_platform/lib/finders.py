"""Static files that are not in the tree: out of packages, or made from our own parts."""

import os
import shutil
from pathlib import Path

import django_htmx
import plotly
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from cs_platform.lib import fonts

COPIED = {
    "vendor/htmx.min.js": Path(django_htmx.__file__).parent
    / "static/django_htmx/htmx-2.min.js",
    "vendor/plotly.min.js": Path(plotly.__file__).parent / "package_data/plotly.min.js",
}
FONT = "vendor/inter.woff2"
# Joined, not compiled: one request instead of forty. The order is the cascade's.
JOINED = {
    "css/app.css": [
        "css/_layers.css",
        "css/_tokens.css",
        "css/_reset.css",
        "css/base.css",
        "css/components/*.css",
        "css/pages/*.css",
        "css/utilities.css",
    ],
    # For the customers of a workspace: a phone is not sent what only members see.
    "css/asking.css": [
        "css/_layers.css",
        "css/_tokens.css",
        "css/_reset.css",
        "css/asking/*.css",
    ],
    # Reports as slides, for members and customers alike.
    "css/report.css": [
        "css/_layers.css",
        "css/_tokens.css",
        "css/_reset.css",
        "css/base.css",
        "css/report/*.css",
    ],
    "js/app.js": ["js/components/*.js"],
}


class AssetFinder(BaseFinder):
    """Puts each file into ASSETS_DIR when it is first asked for, or has grown old."""

    def __init__(self, app_names=None, *args, **kwargs):
        self.storage = FileSystemStorage(location=settings.ASSETS_DIR)

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        found = str(_made(path)) if path in {*COPIED, FONT, *JOINED} else None
        return ([found] if found else []) if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns):
        for path in (*COPIED, FONT, *JOINED):
            if not matches_patterns(path, ignore_patterns or []):
                _made(path)
                yield path, self.storage


def _made(path: str) -> Path:
    target = Path(settings.ASSETS_DIR) / path
    sources = _sources(path)
    if not target.exists() or _stale(target, sources):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may start at once: each writes its own, the last one stays.
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        _make(path, sources, draft)
        draft.replace(target)
    return target


def _sources(path: str) -> list[Path]:
    if path in COPIED:
        return [COPIED[path]]
    if path == FONT:
        return [Path(fonts.__file__)]
    return [
        source
        for root in settings.STATICFILES_DIRS
        for pattern in JOINED[path]
        for source in sorted(Path(root).glob(pattern))
    ]


def _stale(target: Path, sources: list[Path]) -> bool:
    made_at = target.stat().st_mtime
    # A folder's own time tells of files that were added or taken away.
    places = {source.parent for source in sources}
    return any(place.stat().st_mtime > made_at for place in [*sources, *places])


def _make(path: str, sources: list[Path], draft: Path) -> None:
    if path in COPIED:
        shutil.copyfile(sources[0], draft)
    elif path == FONT:
        fonts.cut_inter(draft)
    else:
        draft.write_text(
            "\n".join(source.read_text("utf-8") for source in sources), "utf-8"
        )
