"""The few colours of a report: the workspace's own, and greys around it."""

INK, FAINT, HAIR, BEHIND, PAPER = "#1c1b19", "#6b6862", "#d9d6d0", "#8f897f", "#ffffff"


def on(colour: str) -> str:
    """Ink or paper, whichever reads better on it."""
    light = luminance(colour)
    return PAPER if 1.05 / (light + 0.05) >= (light + 0.05) / 0.06 else INK


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
    return colour if 1.05 / (luminance(colour) + 0.05) >= 1.8 else INK


def palette(colour: str) -> dict[str, str]:
    """The colours by what they are for, as drawings name them."""
    return {
        "ink": INK,
        "faint": FAINT,
        "hair": HAIR,
        "behind": BEHIND,
        "accent": drawn(colour),
        "band": colour,
        "on": on(colour),
        "paper": PAPER,
    }
