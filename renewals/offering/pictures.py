"""Logos: only pictures that are small, well-formed and can be printed."""

from dataclasses import dataclass

from docx.image.image import Image

from cs_platform.lib.typesetting import NotTypeset
from renewals.offering import files
from renewals.offering.document import Letter

KINDS = ("image/png", "image/jpeg")
SIDE = 4000
EMPTY = {
    "language": "en",
    "title": "",
    "company": "",
    "requisites": [],
    "colour": Letter("").colour,
    "customer": "",
    "facts": [],
    "foot": "",
    "opening": [],
    "figures": [],
    "value": [],
    "words": {"figures": "", "lines": "", "terms": ""},
    "columns": [""] * 6,
    "lines": [],
    "totals": [],
    "note": [],
    "terms": [],
    "closing": [],
    "signature": [],
}


class NotAPicture(Exception):
    """Not a PNG or JPEG that can be printed, whatever its name says."""


@dataclass(frozen=True)
class Picture:
    content: bytes
    content_type: str
    width: int
    height: int


def picture_of(content: bytes) -> Picture:
    """The picture, by what is in it. Raises `NotAPicture`.

    It is printed once to see that it can be: a broken one would break every offer.
    """
    try:
        found = Image.from_blob(content)
        picture = Picture(content, found.content_type, found.px_width, found.px_height)
    except Exception as error:  # noqa: BLE001 (a parser of hostile bytes)
        raise NotAPicture from error
    if picture.content_type not in KINDS:
        raise NotAPicture
    if not (0 < picture.width <= SIDE and 0 < picture.height <= SIDE):
        raise NotAPicture
    try:
        files.pages(EMPTY, logo=content)
    except NotTypeset as error:
        raise NotAPicture from error
    return picture
