"""The rows of the list of accounts, drawn in Python: fifty times as many template nodes
were most of the page. The heads of the columns stand in the template, in this order.
"""

import uuid

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cs_platform.lib import cells, wording

PLACE = str(uuid.UUID(int=0))
ACCOUNT = (
    '<td><a class="row-link" href="{}">{}</a>'
    '<span class="row-sub account-domain">{}</span></td>'
)
# How a cell begins; the label is for a phone, where the head is not seen.
LABELLED = '<td class="nowrap" data-label="{}">'
BEGINNINGS = {
    "owner": LABELLED,
    "stage": LABELLED,
    "health": LABELLED,
    "mrr": '<td class="num nowrap" data-label="{}">',
    "decides_on": LABELLED,
    "last_seen_on": LABELLED,
    "task": '<td class="account-task">',
    "customer_since": '<td class="nowrap">',
}
BELOW = '{}<span class="row-sub">{}</span>'
TASK = '<span class="truncate" title="{0}">{0}</span><span class="row-sub">{1}</span>'


def drawn(rows: list[dict], labels: dict[str, str], **how) -> list[SafeString]:
    """The cells of each row: of the account, and of the columns that have a label.

    `how`: currency, on (today).
    """
    before, after = reverse("insights:account-detail", args=[PLACE]).split(PLACE)
    columns = [
        (name, format_html(BEGINNINGS.get(name, "<td>"), label))
        for name, label in labels.items()
    ]
    return [
        mark_safe(  # noqa: S308 (made of parts that are escaped, or safe)
            _account(row, f"{before}{row['id']}{after}")
            + "".join(
                f"{beginning}{conditional_escape(_content(row, name, **how))}</td>"
                for name, beginning in columns
            )
        )
        for row in rows
    ]


def _account(row, url):
    return format_html(ACCOUNT, url, row["name"], row["domain"] or row["external_id"])


def _content(row, name, *, currency, on):
    match name:
        case "owner":
            return row["owner"] or wording.DASH
        case "stage":
            return format_html(BELOW, row["stage"], row["tier"])
        case "health":
            return _health(row)
        case "mrr":
            return cells.money(row["mrr"], currency)
        case "decides_on" | "last_seen_on":
            return cells.ago(row[name], on)
        case "task":
            return _task(row["task"], on)
        case "customer_since":
            return wording.day(row[name])
    return row[name]


def _health(row):
    return cells.health(
        row["score"],
        row["band"],
        row["score_change_7d"],
        month=row["score_change_28d"],
        direction=row["direction"],
        judged=row["is_overridden"],
        computed=row.get("computed"),
    )


def _task(task, on):
    return format_html(TASK, task.title, cells.ago(task.due_on, on)) if task else ""
