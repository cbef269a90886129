"""WCAG 2.2 AA, computed from the tokens themselves, in both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/_tokens.css").read_text("utf-8")
THEMES = ("light", "dark")
GROUNDS = ["canvas", "surface", "sunken", "hover", "raised"]
TEXTS = ["ink", "ink-2", "ink-3", "accent", "green", "amber", "red", "unknown"]
# Text on the ground it always stands on.
PAIRS = [
    ("on-accent", "accent-fill"),
    ("on-accent", "accent-fill-hover"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("green", "green-soft"),
    ("amber", "amber-soft"),
    ("red", "red-soft"),
    ("unknown", "unknown-soft"),
    ("canvas", "ink"),
    ("ink", "selected"),
    ("ink-2", "selected"),
    ("accent", "selected"),
]


def _colors(theme):
    pattern = r"--color-([\w-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));"
    index = THEMES.index(theme)
    return {
        name: both[index] if both[0] else one
        for name, *both, one in re.findall(pattern, TOKENS)
    }


def _luminance(color):
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one, other):
    dark, light = sorted([_luminance(one), _luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white():
    assert _contrast("#000000", "#ffffff") == 21


@pytest.mark.parametrize("theme", THEMES)
def test_text_reads_on_every_ground(theme):
    colors = _colors(theme)
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS] + PAIRS

    weak = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := _contrast(colors[pair[0]], colors[pair[1]])) < 4.5
    }

    assert weak == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("line", ["control", "focus"])
def test_what_can_be_used_shows_its_edge(theme, line):
    colors = _colors(theme)

    weak = {
        ground: round(ratio, 2)
        for ground in GROUNDS
        if (ratio := _contrast(colors[line], colors[ground])) < 3
    }

    assert weak == {}
