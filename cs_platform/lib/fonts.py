"""Inter, cut down to the letters and weights we show."""

from pathlib import Path

import fontpkg_inter
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# Latin, Cyrillic (Kazakh included), punctuation, arrows and the signs of money.
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x400, 0x530),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x203B),
    *range(0x20A0, 0x20C1),
    *range(0x2190, 0x2194),
    0x2116,
    0x2122,
    0x2212,
    0x2248,
    0x2260,
    0x2264,
    0x2265,
]
FEATURES = [
    "kern",
    "liga",
    "calt",
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "tnum",
    "case",
    "ss03",
]
WEIGHTS = (400, 700)


def cut_inter(target: Path) -> None:
    """Write the subset to `target` as woff2: about two seconds, once per version."""
    source = Path(fontpkg_inter.__file__).parent / "files" / "Inter[opsz,wght].ttf"
    font = TTFont(source, recalcTimestamp=False)
    # Letters first: pinning an axis leaves glyphs without variations, which the
    # subsetter does not expect.
    cutter = subset.Subsetter(subset.Options(layout_features=FEATURES, hinting=False))
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)
    instancer.instantiateVariableFont(
        font,
        {"opsz": 14, "wght": instancer.AxisTriple(WEIGHTS[0], None, WEIGHTS[1])},
        inplace=True,
    )
    font.flavor = "woff2"
    font.save(target)
