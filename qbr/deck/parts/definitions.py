"""What each figure means, as it was when the figures were taken."""

from django.utils.translation import gettext as _

from qbr.deck.parts.kept import figures
from qbr.deck.slides import Block, Column, Table


def definitions(kept: dict, shown: tuple[str, ...] = ()) -> list[Block]:
    """Of the figures of the sections that are shown, each once."""
    told = {one["key"]: one for section in shown for one in figures(kept, section)}
    columns = (Column(_("Figure"), 2), Column(_("What it means"), 6))
    rows = tuple((one["label"], one["definition"]) for one in told.values())
    return [Table(columns, rows).compact] if rows else []
