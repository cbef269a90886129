"""A deck of what was kept of a report: its figures, and the sections a person chose."""

import re
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from qbr.deck import measure
from qbr.deck.pages import slides_of
from qbr.deck.parts import PARTS
from qbr.deck.parts.kept import figures
from qbr.deck.parts.plan import promised
from qbr.deck.slides import Cover, Deck, Table, Words
from qbr.deck.written import days, stat_of
from qbr.figures.period import Period
from qbr.figures.sections import FIRST, TITLES, arranged

# What no document can hold, and what turns the direction of the text around it.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
# Right half of the cover, and how far down it goes.
COVER_ROOM, COVER_DOWN = 516.0, 368.0


def deck_of(
    kept: dict, sections: list[dict], *, language: str, colour: str, is_frozen: bool
) -> Deck:
    """The deck in its language; without sections that are switched off."""
    kept = clean(kept)
    sections = [one for one in arranged(clean(sections)) if one["is_on"]]
    with translation.override(language):
        cover, rest = _cover(kept, sections)
        slides = [
            slide
            for section in sections
            for slide in _slides(kept, section, sections, rest)
        ]
        return Deck(
            language=language,
            title=f"{cover.title}: {cover.customer}",
            author=cover.company,
            colour=colour,
            cover=cover,
            slides=tuple(slides),
            foot=_foot(cover, is_frozen),
        )


def clean(said):
    """The same without what no document can hold."""
    if isinstance(said, str):
        return UNWANTED.sub("", said)
    if isinstance(said, list):
        return [clean(one) for one in said]
    if isinstance(said, dict):
        return {name: clean(one) for name, one in said.items()}
    return said


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _cover(kept, sections):
    """The cover, and the promises that found no room on it."""
    period = Period(*map(date.fromisoformat, kept["period"]))
    cover = Cover(
        title=_("Business review"),
        customer=kept["account"]["name"],
        period=days(period.start, period.last),
        company=kept["workspace"],
        lines=tuple(kept["people"]),
    )
    first = next((one for one in sections if one["key"] == FIRST), None)
    if first is None:
        return cover, []
    rows = kept["tables"]["promises"]
    said = {"promises_title": str(TITLES[FIRST])}
    if not rows:
        said["nothing"] = _("Nothing was promised: this is our first review.")
        return Cover(**vars(cover) | said), []
    table = promised(rows, COVER_ROOM)
    count = _fitting_rows(table)
    said["promises"] = promised(rows[:count], COVER_ROOM)
    stats = map(stat_of, figures(kept, FIRST))
    said["promises_kept"] = " · ".join(f"{one.label} {one.value}" for one in stats)
    return Cover(**vars(cover) | said), rows[count:]


def _fitting_rows(table: Table) -> int:
    head, *heights = table.heights
    taken, count = head, 0
    for height in heights:
        taken += height
        if taken > COVER_DOWN:
            break
        count += 1
    return count


def _slides(kept, section, sections, rest):
    key = section["key"]
    words = paragraphs(section["words"])
    blocks = [Words(words)] if words else []
    if key == FIRST:
        if rest:
            kept = kept | {"tables": kept["tables"] | {"promises": rest}}
            blocks += PARTS[key](kept)
    elif key == "definitions":
        shown = tuple(one["key"] for one in sections)
        blocks += PARTS[key](kept, shown)
    else:
        blocks += PARTS[key](kept)
    return slides_of(key, str(TITLES[key]), blocks)


def _foot(cover, is_frozen):
    """Short enough for one line beside the number of the page."""
    parts = [cover.company, cover.customer, cover.period]
    if not is_frozen:
        parts.insert(0, _("Draft"))
    text = " · ".join(part for part in parts if part)
    return measure.shortened(text, 700, 10)
