"""What stands on the workspace's colour can be read, whatever the colour."""

import pytest

from nps.look import contrast, look_of


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#fff000", "#fff000", 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio


@pytest.mark.parametrize(
    "colour", ["#1f4e79", "#ffee00", "#777777", "#ffffff", "#000000"]
)
def test_words_and_borders_are_seen(colour):
    look = look_of("Acme", colour)

    assert contrast(look.ink, look.colour) >= 4.2
    assert contrast(look.line, "#ffffff") >= 3
    assert contrast(look.line_dark, "#161513") >= 3


@pytest.mark.parametrize("text", ["", "red", "#12", "#123456;}", "#12345g", "#1234567"])
def test_what_is_no_colour_is_not_written_into_a_style_sheet(text):
    assert look_of("Acme", text).colour == "#2b45b5"
