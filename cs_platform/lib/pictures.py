"""Pictures that people upload: by what is in them, not by what they are called."""

from dataclasses import dataclass

from docx.image.image import Image

KINDS = ("image/png", "image/jpeg")
SIDE = 4000


class NotAPicture(Exception):
    """Not a PNG or JPEG that can be used, whatever its name says."""


@dataclass(frozen=True)
class Picture:
    content: bytes
    content_type: str
    width: int
    height: int


def picture_of(content: bytes) -> Picture:
    """The picture, by its head. Raises `NotAPicture`."""
    try:
        found = Image.from_blob(content)
        picture = Picture(content, found.content_type, found.px_width, found.px_height)
    except Exception as error:  # noqa: BLE001 (a parser of hostile bytes)
        raise NotAPicture from error
    if picture.content_type not in KINDS:
        raise NotAPicture
    if not (0 < picture.width <= SIDE and 0 < picture.height <= SIDE):
        raise NotAPicture
    return picture
