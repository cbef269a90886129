"""What was done in the product."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cs_platform.lib import wording
from qbr.deck.parts.kept import nothing, said, stats
from qbr.deck.slides import Block, Chart, Column, Table
from qbr.deck.written import steps

BARS = 10


def summary(kept: dict) -> list[Block]:
    return stats(kept, "summary") or [
        nothing(_("There are no figures for this period."))
    ]


def usage(kept: dict) -> list[Block]:
    series = kept["series"]["people"]
    chart = Chart(
        "lines",
        _("People active in each month")
        if series["is_monthly"]
        else _("People active in each week"),
        steps(series),
        (
            (_("This period"), tuple(series["now"])),
            (_("The period before"), tuple(series["before"])),
        ),
    )
    if chart.is_empty:
        return [
            *stats(kept, "usage"),
            said(_("Nobody used the product in this period or the one before.")),
        ]
    return [*stats(kept, "usage"), chart]


def adoption(kept: dict) -> list[Block]:
    features = kept["tables"]["features"]
    if not features:
        return [nothing(_("No feature was used in this period or the one before."))]
    blocks: list[Block] = stats(kept, "adoption")
    unused = kept["tables"]["unused_keys"]
    if unused:
        blocks.append(
            said(_("Key features not used yet: %s") % ", ".join(sorted(unused)))
        )
    most = sorted(features, key=lambda one: -one["uses"])[:BARS]
    chart = Chart(
        "bars",
        _("Used most, of all %(n)s") % {"n": wording.number(len(features))}
        if len(features) > BARS
        else _("Used most"),
        tuple(one["name"] for one in most),
        ((_("Uses"), tuple(one["uses"] for one in most)),),
    )
    if not chart.is_empty:
        blocks.append(chart)
    return [*blocks, _features(features)]


def _features(features):
    columns = (
        Column(_("Feature"), 5),
        Column(pgettext("of a feature", "Key"), 1),
        Column(_("Uses"), 1.4, is_number=True),
        Column(_("Before"), 1.4, is_number=True),
        Column(_("Change"), 1.3, is_number=True),
        Column(_("Days in use"), 1.5, is_number=True),
    )
    rows = tuple(
        (
            one["name"],
            _("yes") if one["is_key"] else "",
            wording.number(one["uses"]),
            wording.number(one["before"]),
            _change(one),
            wording.number(one["days"]),
        )
        for one in features
    )
    return Table(columns, rows)


def _change(feature):
    if not feature["before"]:
        return _("new") if feature["uses"] else wording.DASH
    moved = feature["uses"] - feature["before"]
    share = wording.percent(Decimal(moved) / feature["before"], 0)
    return ("+" if moved > 0 else "") + share.replace("-", wording.MINUS)
