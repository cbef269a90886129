"""The ground a logo is set on: its own, so that it reads whatever stands around it."""

import io

from PIL import Image, ImageStat

# Of what can be seen of a logo, on average: lighter than that it is lost on paper.
LIGHT = 200
LOOKED_AT = (200, 200)  # pixels


def ground(content: bytes) -> str:
    """The name of its colour: ink for a light logo without a ground of its own."""
    kept = Image.open(io.BytesIO(content))
    kept.thumbnail(LOOKED_AT)
    picture = kept.convert("RGBA")
    seen = picture.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    if seen.getextrema() == (255, 255) or seen.getbbox() is None:
        return "paper"
    (light,) = ImageStat.Stat(picture.convert("L"), seen).mean
    return "ink" if light > LIGHT else "paper"
