"""How what we send looks: the workspace's colour, and what can be read on it."""

import re

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
ACCENT = "#2b45b5"
LIGHT, DARK = "#ffffff", "#1d1b18"


def colour_of(text: str) -> str:
    """The colour if it is one, else ours: it is written into a style sheet."""
    return text if COLOUR.fullmatch(text or "") else ACCENT


def ink_on(colour: str) -> str:
    """White or black, whichever is read better on the colour (WCAG 2.2 contrast)."""
    light = _luminance(colour)
    on_white = (_luminance(LIGHT) + 0.05) / (light + 0.05)
    on_black = (light + 0.05) / (_luminance(DARK) + 0.05)
    return LIGHT if on_white >= on_black else DARK


def _luminance(colour):
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part):
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
