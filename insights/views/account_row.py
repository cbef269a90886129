"""The rows of the list of accounts, drawn in Python: fifty times as many template nodes
were most of the page. The heads of the columns stand in the template, in this order.
"""

import uuid

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cs_platform.lib import cells, wording

PLACE = str(uuid.UUID(int=0))
ACCOUNT = (
    '<td><a class="row-link" href="{}">{}</a>'
    '<span class="row-sub account-domain">{}</span></td>{}'
)
PLAIN, NOWRAP = "<td>{1}</td>", '<td class="nowrap">{1}</td>'
LABELLED = '<td class="nowrap" data-label="{0}">{1}</td>'
AMOUNT = '<td class="num nowrap" data-label="{0}">{1}</td>'
STAGE = '<td class="nowrap" data-label="{0}">{1}<span class="row-sub">{2}</span></td>'
TASK = (
    '<td class="account-task"><span class="truncate" title="{1}">{1}</span>'
    '<span class="row-sub">{2}</span></td>'
)
NO_TASK = '<td class="account-task"></td>'


def drawn(rows: list[dict], shown: list[str], **how) -> list[SafeString]:
    """The cells of each row: of the account, its health, and the columns shown.

    `how`: labels (what a cell is called on a phone), currency, on (today).
    """
    before, after = reverse("insights:account-detail", args=[PLACE]).split(PLACE)
    return [
        format_html(
            ACCOUNT,
            f"{before}{row['id']}{after}",
            row["name"],
            row["domain"] or row["external_id"],
            _cells(row, shown, **how),
        )
        for row in rows
    ]


def _cells(row, shown, *, labels, currency, on):
    parts = [_cell(row, name, currency, on) for name in shown]
    return format_html_join(
        "",
        "{}",
        (
            (format_html(markup, labels[name], *values),)
            for name, (markup, *values) in zip(shown, parts, strict=True)
        ),
    )


def _cell(row, name, currency, on):
    """The markup of a cell, and what stands in it."""
    match name:
        case "owner":
            return LABELLED, row["owner"] or wording.DASH
        case "stage":
            return STAGE, row["stage"], row["tier"]
        case "health":
            change = row["score_change_7d"]
            return LABELLED, cells.health(row["score"], row["band"], change)
        case "mrr":
            return AMOUNT, cells.money(row["mrr"], currency)
        case "decides_on" | "last_seen_on":
            return LABELLED, cells.ago(row[name], on)
        case "task":
            return _task(row["task"], on)
        case "customer_since":
            return NOWRAP, wording.day(row[name])
    return PLAIN, row[name]


def _task(task, on):
    if task is None:
        return (NO_TASK,)
    return TASK, task.title, cells.ago(task.due_on, on)
