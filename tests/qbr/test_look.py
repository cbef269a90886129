"""Colours and logo of a report: whatever a workspace chose, all of it can be read."""

import io
from itertools import product

import pytest
from PIL import Image, ImageDraw

from qbr.deck import colours
from qbr.deck.logo import ground
from tests.renewals.paper import png


def logo(ink, paper, form="PNG"):
    """A bar of one colour on another."""
    mode = "RGBA" if len(paper) == 4 else "RGB"
    picture = Image.new(mode, (90, 40), paper)
    ImageDraw.Draw(picture).rectangle((10, 10, 80, 30), fill=ink)
    content = io.BytesIO()
    picture.save(content, form)
    return content.getvalue()


def contrast(one, other):
    """As WCAG 2.2 has it, reckoned here once more."""

    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        ]
        return sum(k * p for k, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def every_colour():
    steps = range(0, 256, 15)
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in product(steps, steps, steps)]


def test_text_on_the_band_can_be_read_whatever_its_colour():
    unreadable = [
        colour
        for colour in every_colour()
        if contrast(colours.palette(colour)["on"], colour) < 4.5
    ]

    assert unreadable == []


def test_bars_and_lines_can_be_seen_on_paper_and_told_from_those_behind():
    lost = [
        colour
        for colour in every_colour()
        if contrast(colours.palette(colour)["accent"], "#ffffff") < 2.99
        or contrast(
            colours.palette(colour)["accent"], colours.palette(colour)["behind"]
        )
        < 1.5
    ]

    assert lost == []


@pytest.mark.parametrize(
    ("colour", "on", "accent"),
    [
        ("#fff7b0", "#1c1b19", "#1c1b19"),  # pale yellow
        ("#0b0b0b", "#ffffff", "#0b0b0b"),
        ("#1f4e79", "#ffffff", "#1f4e79"),
        # Between them: neither paper nor ink reads well enough.
        ("#787878", "#000000", "#787878"),
    ],
)
def test_band_text_and_bars(colour, on, accent):
    palette = colours.palette(colour)

    assert (palette["band"], palette["on"], palette["accent"]) == (colour, on, accent)


CLEAR = (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (logo((255, 255, 255, 255), CLEAR), "ink"),
        (logo((240, 230, 140, 255), CLEAR), "ink"),
        (logo((20, 60, 120, 255), CLEAR), "paper"),
        (logo((255, 255, 255), (0, 0, 0)), "paper"),  # has a ground of its own
        (logo((255, 255, 255), (20, 60, 120), "JPEG"), "paper"),
        (logo(CLEAR, CLEAR), "paper"),  # nothing to be seen
        (png(), "paper"),
    ],
)
def test_a_light_logo_without_a_ground_stands_on_a_dark_one(picture, expected):
    assert ground(picture) == expected
