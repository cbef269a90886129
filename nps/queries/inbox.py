"""The list of answers: a page of it, and all of it for a file."""

from dataclasses import dataclass

from django.db.models import Prefetch

from cs_platform.lib import clock
from cs_platform.lib.keyset import Order, page_of
from nps import numbers
from nps.models import FollowUp, Response
from nps.sentiment import tone

PAGE_SIZE = 30
ORDER = Order("answered_at", descending=True)


@dataclass(frozen=True)
class Row:
    """One answer, how it sounds, and whether somebody came back to it."""

    answer: Response
    tone: str
    follow_up: FollowUp | None

    @property
    def band(self) -> str:
        score = self.answer.score
        if score is None or self.answer.kind != Response.Kind.NPS:
            return ""
        return numbers.kind_of(score)

    @property
    def is_late(self) -> bool:
        found = self.follow_up
        return bool(found and not found.closed_at and found.due_at < clock.now())


def page(rows, *, after="", before=""):
    """Some answers, the latest first: three queries, however many. Raises BadCursor."""
    found = page_of(rows, ORDER, columns=(), size=PAGE_SIZE, after=after, before=before)
    ids = [row["id"] for row in found.rows]
    known = {
        row.pk: row for row in _with_follow_up(Response.objects.filter(pk__in=ids))
    }
    found.rows[:] = [_row(known[pk]) for pk in ids if pk in known]
    return found


def export_rows(rows, *, most: int) -> list[list]:
    rows = rows.order_by("-answered_at", "-pk")[:most]
    return [_line(one, _row(one).follow_up) for one in _with_follow_up(rows)]


def _with_follow_up(rows):
    return rows.select_related("account__owner", "contact", "survey").prefetch_related(
        Prefetch("follow_ups", FollowUp.objects.all())
    )


def _row(answer: Response) -> Row:
    found = list(answer.follow_ups.all())
    return Row(answer, tone(answer.sentiment), found[0] if found else None)


def _line(one: Response, follow_up: FollowUp | None) -> list:
    account, contact = one.account, one.contact
    return [
        one.answered_at, one.survey.name if one.survey else "",
        one.get_kind_display(), one.score, one.comment, one.get_language_display(),
        one.sentiment, one.sentiment_by, ", ".join(one.tags),
        *([account.name, account.external_id, str(account.owner or "")] if account else ["", "", ""]),
        *([contact.name, contact.email] if contact else ["", ""]),
        *([follow_up.due_at, follow_up.replied_at, follow_up.reply, follow_up.result] if follow_up else [""] * 4),
    ]  # fmt: skip
