"""The rows that a number of the results is made of; together they are the number."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cs_platform.lib import clock
from cs_platform.lib.export import MAX_ROWS, table_response
from cs_platform.lib.keyset import BadCursor, address_of
from nps import numbers
from nps.forms.answers import AnswerFilters
from nps.models import Invitation
from nps.queries import ledgers, rates
from nps.queries.answers import NOBODY
from nps.queries.voices import voices
from tenants.access import member_required

ANSWERED = Invitation.State.ANSWERED
WEIGHTS = ("mrr", "role")


@require_GET
@member_required
def rate_list(request):
    """Everybody asked in these days, and whether they answered."""
    choice, _on = _chosen(request)
    rows = ledgers.invitations(request.membership, choice)
    if request.GET.get("export"):
        header = [
            _("Account"), _("External id"), _("Contact"), _("Survey"), _("Sent"),
            _("State"), _("Answered"),
        ]  # fmt: skip
        lines = [
            [
                row.account.name, row.account.external_id, row.contact or row.address,
                row.survey.name, row.sent_at, row.get_state_display(),
                int(row.state == ANSWERED),
            ]
            for row in rows.order_by(*ledgers.SENT.expressions)[:MAX_ROWS]
        ]  # fmt: skip
        return table_response("response-rate", _kind(request), header, lines)
    context = _paged(request, rows, ledgers.SENT) | {
        "choice": choice,
        "rate": rates.response_rate(request.membership, choice),
    }
    return render(request, "nps/ledger_rate.html", context)


@require_GET
@member_required
def ticket_list(request):
    """The rated tickets solved in these days, of one category or of all."""
    choice, _on = _chosen(request)
    category = request.GET.get("category")
    rows = ledgers.tickets(request.membership, choice, category)
    if request.GET.get("export"):
        header = [
            _("Account"), _("External id"), _("Subject"), _("Category"), _("Solved"),
            _("CSAT"), _("Satisfied"),
        ]  # fmt: skip
        lines = [
            [
                row.account.name, row.account.external_id, row.subject, row.category,
                row.solved_at, row.csat, int(row.csat >= numbers.SATISFIED_FROM),
            ]
            for row in rows.order_by(*ledgers.SOLVED.expressions)[:MAX_ROWS]
        ]  # fmt: skip
        return table_response("csat", _kind(request), header, lines)
    context = _paged(request, rows, ledgers.SOLVED) | {
        "choice": choice,
        "category": "" if category == NOBODY else category,
        "csat": rates.csat_of(rows),
        "satisfied_from": numbers.SATISFIED_FROM,
    }
    return render(request, "nps/ledger_tickets.html", context)


@require_GET
@member_required
def voice_list(request):
    """The answers of a weighted NPS: what each weighs, and by how much it moves it."""
    by = request.GET.get("by", "mrr")
    if by not in WEIGHTS:
        raise Http404
    choice, on = _chosen(request)
    found = ledgers.weighing(request.membership, choice, by, on=on)
    if request.GET.get("export"):
        header = [
            _("Account"), _("External id"), _("Contact"), _("Score"), _("Weight"),
            _("Points of NPS"),
        ]  # fmt: skip
        lines = [
            [
                *_whose(one.answer), one.answer.score,
                round(one.weight, 6), round(one.points, 6),
            ]
            for one in found.read(0, MAX_ROWS)
        ]  # fmt: skip
        return table_response(f"nps-by-{by}", _kind(request), header, lines)
    every = voices(request.membership, choice, on=on)
    number = every.by_mrr if by == "mrr" else every.by_role
    pages = Paginator(range(number.n), ledgers.PAGE_SIZE)
    part = pages.get_page(request.GET.get("page"))
    context = {
        "choice": choice,
        "by": by,
        "number": number,
        "total": found.total,
        "page": part,
        "voices": found.read(max(part.start_index() - 1, 0), part.end_index()),
        "query": request.GET.urlencode(),
    }
    return render(request, "nps/ledger_voices.html", context)


def _chosen(request):
    on = clock.day_of(clock.now(), request.tenant.timezone)
    return AnswerFilters(request.GET).chosen(on=on), on


def _kind(request):
    return request.GET["export"]


def _whose(answer):
    account, contact = answer.account, answer.contact
    named = [account.name, account.external_id] if account else ["", ""]
    return [*named, str(contact or "")]


def _paged(request, rows, order):
    try:
        page = ledgers.page(
            rows,
            order,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    return {
        "rows": page.rows,
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
        "query": request.GET.urlencode(),
    }
