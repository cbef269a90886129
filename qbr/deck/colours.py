"""The few colours of a report: the workspace's own, and greys around it."""

INK, FAINT, HAIR, BEHIND, PAPER = "#1c1b19", "#6b6862", "#d9d6d0", "#8f897f", "#ffffff"
# Where the workspace's own is too near to the grey of the period before.
FAR_BEHIND = "#bdb7ac"
BLACK = "#000000"
# What WCAG asks for: of text, and of bars and lines.
READABLE, VISIBLE, APART = 4.5, 3, 1.6


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def on(colour: str) -> str:
    """Paper, ink or black, whichever first can be read on it: one of them always can."""
    return next(
        one
        for one in (PAPER, INK, BLACK)
        if contrast(one, colour) >= READABLE or one == BLACK
    )


def luminance(colour: str) -> float:
    """As WCAG reckons it, 0 to 1."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def drawn(colour: str) -> str:
    """The colour itself, or ink where it could not be seen on paper."""
    return colour if contrast(colour, PAPER) >= VISIBLE else INK


def palette(colour: str) -> dict[str, str]:
    """The colours by what they are for, as drawings name them."""
    accent = drawn(colour)
    return {
        "ink": INK,
        "faint": FAINT,
        "hair": HAIR,
        "behind": BEHIND if contrast(accent, BEHIND) >= APART else FAR_BEHIND,
        "accent": accent,
        "band": colour,
        "on": on(colour),
        "paper": PAPER,
    }
