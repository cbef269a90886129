"""Logos: only pictures that are small, well-formed and can be printed."""

from cs_platform.lib import pictures
from cs_platform.lib.pictures import NotAPicture, Picture
from cs_platform.lib.typesetting import NotTypeset
from renewals.offering import files
from renewals.offering.document import Letter

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


def picture_of(content: bytes) -> Picture:
    """The picture, by what is in it. Raises `NotAPicture`.

    It is printed once to see that it can be: a broken one would break every offer.
    """
    picture = pictures.picture_of(content)
    try:
        files.pages(EMPTY, logo=content)
    except NotTypeset as error:
        raise NotAPicture from error
    return picture
