"""All that a report tells of an account and a period, read from the data at once."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Span
from cs_platform.lib import clock
from qbr.figures.period import Period
from qbr.models import Review
from qbr.queries.gathering import customer, product, promises
from tenants.models import Tenant

# Of long lists in the report; the others are counted.
LISTED = {"tickets": 40, "answers": 40, "news": 20}


def gathered(review: Review, *, language: str, on: date) -> dict[str, Any]:
    """Plain values in the language of the report, ready to be kept: fewer than twenty queries.

    Figures are of the review's period and of as many days before it. What has a state
    (goals, promises, wishes) is told as it is now.
    """
    workspace = Tenant.objects.get(pk=review.tenant_id)
    period = Period(review.period_start, review.period_end)
    with translation.override(language):
        found = _found(review, period, workspace.timezone, on)
        return found | {
            "taken_at": clock.now().isoformat(),
            "on": on.isoformat(),
            "period": [period.start.isoformat(), period.end.isoformat()],
            "workspace": workspace.name,
            "people": _people(review),
        }


def _found(review, period, zone, on):
    account = review.account
    active, weeks = product.people(account, period)
    adopted, features = product.features(account, period)
    scored, days, receipt = customer.health(account, period)
    supported, months, tickets = customer.support(account, period, zone)
    heard, interval, answers = customer.feedback(account, period, zone)
    wanted, goals = promises.goals(account, period, zone)
    kept, last = promises.last_promises(review, on=on)
    asked, requests = promises.requests(account)
    tables = features | {
        "measures": receipt,
        "tickets": tickets,
        "answers": answers,
        "goals": goals,
        "promises": last,
        "plan": promises.next_promises(review, on=on),
        "requests": requests,
        "news": promises.news(review),
    }
    running = list(Span.objects.filter(account=account).on(on))
    groups = (kept, active, adopted, wanted, scored, supported, heard, asked)
    return {
        "account": _account(account, running),
        "figures": [figure.as_kept() for group in groups for figure in group],
        "nps": interval,
        "series": {"people": weeks, "health": days, "tickets": months},
        "tables": tables | {name: tables[name][:most] for name, most in LISTED.items()},
        "more": {
            name: max(0, len(tables[name]) - most) for name, most in LISTED.items()
        },
    }


def _account(account, running):
    return {
        "name": account.name,
        "plan": ", ".join(sorted({span.plan for span in running if span.plan})),
        "seats": sum(span.seats or 0 for span in running) or None,
        "decides_on": account.decides_on.isoformat() if account.decides_on else None,
    }


def _people(review):
    if review.owner is None:
        return []
    return [_("Prepared by %s") % (review.owner.name or review.owner.email)]
