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
from qbr.deck.slides import Block, Column, Cover, Deck, Table, Words
from qbr.deck.written import days, stat_of
from qbr.figures.period import Period
from qbr.figures.sections import FIRST, QUOTING, TITLES, arranged

# What no document can hold, and what turns the direction of the text around it.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
# Right half of the cover, and how far down it goes.
COVER_ROOM, COVER_DOWN = 516.0, 368.0
FOOT_ROOM, FOOT_SIZE, BETWEEN = 780.0, 10.0, " · "


def deck_of(
    kept: dict, sections: list[dict], *, language: str, colour: str, is_frozen: bool
) -> Deck:
    """The deck in its language; without sections that are switched off."""
    kept = clean(kept)
    sections = [one for one in arranged(clean(sections)) if one["is_on"]]
    with translation.override(language):
        cover, rest = _cover(kept, sections)
        told = {one["key"]: _blocks(kept, one, sections, rest) for one in sections}
        return Deck(
            language=language,
            title=f"{cover.title}: {cover.customer}",
            author=cover.company,
            colour=colour,
            cover=cover,
            slides=tuple(_slides(told)),
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
    said["promises"] = table.part(slice(count))
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


def _blocks(kept, section, sections, rest):
    key = section["key"]
    words = paragraphs(section["words"])
    blocks: list[Block] = [Words(words)] if words else []
    if key == FIRST:
        if rest:
            kept = kept | {"tables": kept["tables"] | {"promises": rest}}
            blocks += PARTS[key](kept)
    elif key == "definitions":
        shown = tuple(one["key"] for one in sections)
        blocks += PARTS[key](kept, shown)
    elif key == QUOTING:
        blocks += PARTS[key](_quoting(kept, section.get("picked", ())))
    else:
        blocks += PARTS[key](kept)
    return blocks


def _quoting(kept, picked):
    answers = [one for one in kept["tables"]["answers"] if one.get("key") in picked]
    return kept | {"tables": kept["tables"] | {"answers": answers}}


def _slides(told):
    """Sections with nothing to tell share one slide, before what comes next."""
    quiet = {
        key: blocks[0].paragraphs[0]
        for key, blocks in told.items()
        if blocks and all(isinstance(b, Words) and b.is_nothing for b in blocks)
    }
    if len(quiet) < 2:
        quiet = {}
    last = next((key for key in ("plan", "definitions") if key in told), None)
    for key, blocks in told.items():
        if key == last:
            yield from _quiet(quiet)
        if key not in quiet:
            yield from slides_of(key, str(TITLES[key]), blocks)
    if last is None:
        yield from _quiet(quiet)


def _quiet(quiet):
    columns = (Column(_("Part"), 3), Column(_("This time"), 6))
    rows = tuple((str(TITLES[key]), sentence) for key, sentence in quiet.items())
    blocks = [Table(columns, rows)] if rows else []
    return slides_of("nothing", _("Nothing to tell yet"), blocks)


def _foot(cover, is_frozen):
    """One line beside the number of the page: names are shortened, the period is not."""
    whole = [cover.period] if is_frozen else [_("Draft"), cover.period]
    names = [name for name in (cover.company, cover.customer) if name]
    room = FOOT_ROOM - measure.width(BETWEEN.join(["", *whole, ""]), FOOT_SIZE)
    names = _beside(names, room)
    return BETWEEN.join([*whole[:-1], *names, whole[-1]])


def _beside(names, room):
    """Names that stand in one line; what a short one leaves belongs to the long one."""
    wide = {name: measure.width(name, FOOT_SIZE) for name in names}
    found = {}
    for left, name in zip(
        range(len(names), 0, -1), sorted(names, key=wide.__getitem__), strict=True
    ):
        found[name] = measure.shortened(name, room / left, FOOT_SIZE)
        room -= measure.width(found[name] + BETWEEN, FOOT_SIZE)
    return [found[name] for name in names]
