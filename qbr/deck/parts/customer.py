"""How the customer fares with us: health, support, and what people say."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cs_platform.lib import wording
from qbr.deck.parts.kept import more, nothing, said, stats
from qbr.deck.slides import Block, Chart, Column, Table
from qbr.deck.written import day, minus, month, steps


def health(kept: dict) -> list[Block]:
    series = kept["series"]["health"]
    if not any(value is not None for value in series["now"]):
        return [nothing(_("There is no health score for this period."))]
    blocks: list[Block] = stats(kept, "health")
    chart = Chart(
        "lines",
        _("Health score at the end of each month")
        if series["is_monthly"]
        else _("Health score at the end of each week"),
        steps(series),
        ((_("Score"), tuple(series["now"])),),
        most=100,
    )
    if not chart.is_empty:
        blocks.append(chart)
    columns = (
        Column(_("Measure"), 4),
        Column(pgettext("by a measure", "Found"), 4),
        Column(_("Points"), 1.2, is_number=True),
        Column(pgettext("points", "Of"), 1, is_number=True),
    )
    rows = tuple(
        (one["label"], one["found"], one["points"], one["worth"])
        for one in kept["tables"]["measures"]
    )
    return [*blocks, Table(columns, rows)] if rows else blocks


def support(kept: dict) -> list[Block]:
    series, tickets = kept["series"]["tickets"], kept["tables"]["tickets"]
    chart = Chart(
        "columns",
        _("Requests by month"),
        tuple(month(one) for one in series["categories"]),
        (
            (_("Opened"), tuple(series["opened"])),
            (_("Solved"), tuple(series["solved"])),
        ),
    )
    blocks: list[Block] = stats(kept, "support")
    if chart.is_empty:
        blocks.append(said(_("No support requests in this period.")))
    else:
        blocks.append(chart)
    if tickets:
        columns = (
            Column(_("Still open"), 6),
            Column(_("Severity"), 1.5),
            Column(_("Since"), 1.5),
        )
        rows = tuple(
            (one["subject"], one["severity"], day(one["opened_on"])) for one in tickets
        )
        blocks += [Table(columns, rows), *more(kept, "tickets")]
    return blocks


def feedback(kept: dict) -> list[Block]:
    """The numbers, and of the words those that were picked; of nobody by name."""
    blocks: list[Block] = stats(kept, "feedback")
    answers = kept["tables"]["answers"]
    if not blocks:
        return [nothing(_("Nobody was asked, or nobody answered, in this period."))]
    interval = _interval(kept["nps"])
    if interval:
        blocks.append(said(interval))
    columns = (Column(_("Score"), 1, is_number=True), Column(_("In their words"), 8))
    rows = tuple((wording.number(one["score"]), one["words"]) for one in answers)
    return [*blocks, Table(columns, rows)] if rows else blocks


def _interval(nps):
    """How sure the number is; few answers are marked."""
    if nps["low"] is None:
        return ""
    words = {name: minus(wording.number(round(nps[name]))) for name in ("low", "high")}
    told = [_("With 95%% certainty NPS lies between %(low)s and %(high)s.") % words]
    if nps["is_few"]:
        told.append(_("Fewer than 30 answers: it says little."))
    return " ".join(told)
