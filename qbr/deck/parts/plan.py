"""What was promised, what was asked for, and what comes next."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qbr.deck.parts.kept import more, nothing, said, stats
from qbr.deck.slides import ROOM, Block, Column, Table
from qbr.deck.written import day


def promises(kept: dict) -> list[Block]:
    """What does not fit on the cover, where the first of them stand."""
    return [promised(kept["tables"]["promises"])]


def promised(rows: list[dict], room: float = ROOM) -> Table:
    columns = (
        Column(_("What"), 4),
        Column(_("Who"), 1.7),
        Column(_("By"), 1.4),
        Column(_("State"), 1.3),
    )
    return Table(
        columns,
        tuple(
            (one["words"], one["who"], day(one["due_on"]), one["state"]) for one in rows
        ),
        room,
    )


def requests(kept: dict) -> list[Block]:
    found = kept["tables"]["requests"]
    if not found:
        return [nothing(_("You asked for nothing new so far."))]
    columns = (Column(_("Wish"), 5), Column(_("State"), 1.5), Column(_("Plan"), 1.5))
    rows = tuple((one["title"], one["state"], one["plan"]) for one in found)
    return [*stats(kept, "requests"), Table(columns, rows)]


def news(kept: dict) -> list[Block]:
    found = kept["tables"]["news"]
    if not found:
        return [nothing(_("Nothing new that you do not use already."))]
    columns = (
        Column(pgettext("in the product", "New"), 2.4),
        Column(_("What it gives"), 5),
        Column(_("Since"), 1.2),
    )
    rows = tuple((one["title"], one["words"], day(one["released_on"])) for one in found)
    return [Table(columns, rows), *more(kept, "news")]


def plan(kept: dict) -> list[Block]:
    blocks: list[Block] = []
    account = kept["account"]
    if account["decides_on"]:
        blocks.append(
            said(_("Your contract is decided by %s.") % day(account["decides_on"]))
        )
    if kept["tables"]["plan"]:
        return [*blocks, promised(kept["tables"]["plan"])]
    return [*blocks, said(_("We agree on the next steps in the meeting."))]
