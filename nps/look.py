"""How what we send looks: the workspace's colour, and what can be read on it."""

import re
from dataclasses import dataclass

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
ACCENT = "#2b45b5"
LIGHT, DARK = "#ffffff", "#161513"
# Of a control against its ground, at least (WCAG 2.2, 1.4.11).
VISIBLE = 3


@dataclass(frozen=True)
class Look:
    """Name, colour, what is written on it, its border by day and night, a picture."""

    name: str
    colour: str = ACCENT
    ink: str = LIGHT
    line: str = ACCENT
    line_dark: str = "#a3b4ff"
    picture: str = ""


def look_of(name: str, colour: str, picture: str = "") -> Look:
    """A workspace's look. What is no colour is ours: it is written into a style sheet."""
    colour = colour if COLOUR.fullmatch(colour or "") else ACCENT
    on_light, on_dark = contrast(colour, LIGHT), contrast(colour, DARK)
    return Look(
        name=name,
        colour=colour,
        ink=LIGHT if on_light >= on_dark else DARK,
        line=colour if on_light >= VISIBLE else "#57524a",
        line_dark=colour if on_dark >= VISIBLE else "#b8b2a8",
        picture=picture,
    )


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white), by WCAG 2.2."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part):
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
