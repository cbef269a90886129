"""Health of a portfolio: how much of it is known, and where it contradicts itself."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.queries import visible_accounts
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from health.queries import lacks as queries
from health.queries.arrivals import arrivals
from health.queries.disagreements import NAMES, PAGE_SIZE, contradictions
from tenants.access import member_required
from tenants.models import Role

LAST_PAGE = 400


@require_safe
@member_required
def coverage(request):
    """Shares of accounts with a current score, and the accounts without one."""
    accounts, at = visible_accounts(request.membership), clock.now()
    try:
        page = queries.unscored_page(
            accounts,
            at,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    whole, owners, segments = queries.shares(accounts, at)
    context = {
        "whole": whole,
        "owners": owners,
        "segments": segments,
        "rows": page.rows,
        "unscored": whole.accounts - whole.current,
        "sources": queries.silent_sources(at),
        "arrivals": arrivals(),
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, "health/coverage.html", context, partial="rows")


@require_safe
@member_required
def gap_list(request):
    """What data is lacking or stale: asked for by the page once it is there."""
    gaps = queries.gaps(visible_accounts(request.membership), clock.now())
    return render(request, "health/gaps.html", {"gaps": gaps})


@require_safe
@member_required
def disagreement_list(request):
    """Where they disagree; of a CSM's own accounts, of all for everybody else.

    A visit shows the frame at once, and the rows come after it.
    """
    own = request.user.pk if request.membership.role == Role.CSM else None
    context = {"is_own": own is not None, "names": NAMES.values(), "is_waiting": True}
    number = _number(request.GET.get("page", ""))
    if request.htmx or "page" in request.GET:
        rows, total = contradictions(owner_id=own, page=number)
        has_next = number * PAGE_SIZE < total and number < LAST_PAGE
        context |= {
            "rows": rows,
            "total": total,
            "is_waiting": False,
            "next_url": f"?page={number + 1}" if has_next else "",
            "previous_url": f"?page={number - 1}" if number > 1 else "",
        }
    return render_page(request, "health/disagreements.html", context, partial="rows")


def _number(text):
    number = int(text) if text.isdecimal() and len(text) < 4 else 1
    return max(1, min(number, LAST_PAGE))
