"""What the data shows of the eight things to know before a review."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import FeatureRequest, Ticket
from accounts.queries.requests import requests_of
from cs_platform.lib import wording
from health.models import Snapshot
from qbr.figures.period import Period
from qbr.models import Goal, GoalState, PreparationKey, Review
from qbr.queries.gathering import customer, product
from qbr.queries.goals import worth_of
from qbr.queries.news import news_for
from renewals import growth
from renewals.models import ExpansionSignal, Opportunity, SignalKind
from renewals.queries.expansion import muted_because, with_risk
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

MOST = 8
NEWS = 20


@dataclass(frozen=True)
class Fact:
    """One thing the data shows, and where it stands inside the workspace."""

    words: str
    path: str = ""
    # It speaks against something: said with a mark.
    is_warning: bool = False

    @property
    def row(self):
        return {"words": self.words, "path": self.path, "is_warning": self.is_warning}


def facts_of(review: Review) -> dict[str, list[Fact]]:
    """By key of the checklist, in its order; empty where only a person knows."""
    return {key.value: FINDERS[key](review) for key in PreparationKey}


def find_usage(review):
    """As the report of the review tells it, and against the same period before it."""
    period = Period(review.period_start, review.period_end)
    active, _weeks = product.people(review.account, period)
    adopted, _tables = product.features(review.account, period)
    found = {one.key: one for one in (*active, *adopted)}
    if not found["uses"].value and not found["uses"].previous:
        return []
    path = f"/accounts/{review.account_id}/usage/"
    return [
        Fact(_compared(word, one.value, one.previous), path, one.value < one.previous)
        for word, one in (
            (_("Active users"), found["active_people"]),
            (_("Uses"), found["uses"]),
            (_("Features used"), found["features_used"]),
        )
    ]


def find_results(review):
    rows = Goal.objects.filter(account=review.account_id).order_by("due_on")
    goals = list(rows.exclude(state=GoalState.DROPPED))
    path = f"/accounts/{review.account_id}/goals/"
    facts = _first([Fact(_goal_words(goal), path) for goal in goals], path)
    for worth in worth_of(goals):
        sums = [wording.money(total, currency) for currency, total in worth.money]
        if worth.hours is not None:
            sums.append(_("%(n)s h") % {"n": wording.number(worth.hours)})
        facts.append(Fact(f"{worth.title}: {', '.join(sums)}", path))
    if not goals:
        words = _("No goal is written down: nothing can be shown against it.")
        facts.append(Fact(words, path, is_warning=True))
    return facts


def find_health(review):
    path = f"/accounts/{review.account_id}/health/"
    days = Snapshot.objects.filter(account=review.account_id, score__isnull=False)
    within = days.filter(day__gte=review.period_start, day__lt=review.period_end)
    # The end as the report has it: the last day of the period that has a score.
    last = within.latest_first().first()
    first = days.filter(day__lte=review.period_start).latest_first().first()
    if first is None:
        first = days.filter(day__gte=review.period_start).order_by("day").first()
    account = review.account
    facts = []
    if first and last and first.day < last.day:
        told = {"was": first.score, "now": last.score}
        words = _("In the period from %(was)s to %(now)s") % told
        facts.append(Fact(words, path, is_warning=last.score < first.score))
    if account.score is not None:
        told = {"score": account.score, "band": account.get_band_display()}
        words = _("Now %(score)s: %(band)s") % told
        facts.append(Fact(words, path, is_warning=account.band in ("amber", "red")))
    return facts


def find_support(review):
    """As the report of the review tells it."""
    period = Period(review.period_start, review.period_end)
    figures, _months, _waiting = customer.support(review.account, period, _zone())
    found = {one.key: one for one in figures}
    tickets = Ticket.objects.filter(account=review.account_id)
    path = f"/accounts/{review.account_id}/tickets/"
    opened, solved = found["tickets_opened"].value, found["tickets_solved"].value
    if not opened and not solved:
        words = _("No request to support in the period.")
        return [Fact(words, path), *_critical(tickets, path)]
    told = {"count": wording.number(opened), "solved": wording.number(solved)}
    words = ngettext(
        "%(count)s request to support, %(solved)s solved",
        "%(count)s requests to support, %(solved)s solved",
        int(opened),
    )
    facts = [Fact(words % told, path)]
    csat = found["csat"]
    if csat.value is not None:
        told = {"share": wording.percent(csat.value, 0), "count": csat.rows}
        words = ngettext(
            "CSAT %(share)s good, of %(count)s answer",
            "CSAT %(share)s good, of %(count)s answers",
            csat.rows,
        )
        facts.append(Fact(words % told, path))
    return facts + _critical(tickets, path)


def _critical(tickets, path):
    critical = tickets.open().filter(severity=Ticket.Severity.CRITICAL)
    facts = [
        Fact(_("Critical and open: %(subject)s") % {"subject": subject}, path, True)
        for subject in critical.order_by("opened_at").values_list("subject", flat=True)
    ]
    return _first(facts, path)


def find_requests(review):
    facts = [
        Fact(
            f"{vote.request.title}: {vote.request.get_state_display()}",
            f"/feature-requests/{vote.request_id}/",
            is_warning=vote.request.state == FeatureRequest.State.DECLINED,
        )
        for vote in requests_of(review.account_id)
    ]
    return _first(facts, "/feature-requests/", most=40)


def find_features(review):
    return [Fact(f"{one.news.title}: {one.why}") for one in news_for(review)[:NEWS]]


def find_news(review):
    heard = ExpansionSignal.objects.filter(
        account=review.account_id, kind=SignalKind.NEWS, ended_on=None
    )
    path = f"/accounts/{review.account_id}/expansion/"
    facts = [
        Fact(f"{signal.words} ({wording.day(signal.seen_on)})", path)
        for signal in heard.order_by("-last_seen_on")
    ]
    return _first(facts, path)


def find_proposals(review):
    """Value first, offer second: to an account in trouble nothing is proposed."""
    path = f"/accounts/{review.account_id}/expansion/"
    rows = ExpansionSignal.objects.filter(
        account=review.account_id, ended_on=None, dismissed_at=None
    ).exclude(kind=SignalKind.NEWS)
    opened = Opportunity.objects.open().filter(account=review.account_id)
    facts = [
        Fact(
            f"{one.title}: {wording.money(one.amount, one.currency)}, "
            f"{one.get_stage_display()}",
            one.path,
        )
        for one in opened.order_by("opened_on")
    ]
    facts = _first(facts, path)
    why = trouble_of(review)
    if why:
        words = _("Nothing is to be offered now: %(why)s") % {"why": why}
        return [*facts, Fact(words, path, is_warning=True)]
    signs = [
        Fact(
            f"{one.get_kind_display()}: "
            f"{growth.told(one.kind, one.evidence, one.words)}",
            path,
        )
        for one in rows.order_by("-last_seen_on")
    ]
    return facts + _first(signs, path)


def trouble_of(review) -> str:
    """Why nothing is to be offered to the account of a review; empty when it may."""
    rows = with_risk(Review.objects.select_related("account"))
    return muted_because(rows.get(pk=review.pk))


FINDERS: dict[PreparationKey, Callable[[Review], list[Fact]]] = {
    PreparationKey.USAGE: find_usage,
    PreparationKey.RESULTS: find_results,
    PreparationKey.HEALTH: find_health,
    PreparationKey.SUPPORT: find_support,
    PreparationKey.REQUESTS: find_requests,
    PreparationKey.FEATURES: find_features,
    PreparationKey.NEWS: find_news,
    PreparationKey.PROPOSALS: find_proposals,
}


def _first(facts, path, *, most=MOST):
    """The first of them, and how many more there are: nothing is cut in silence."""
    left = len(facts) - most
    if left <= 0:
        return facts
    words = ngettext("and %(count)s more", "and %(count)s more", left)
    # What warns among those that are not shown warns still.
    is_warning = any(fact.is_warning for fact in facts[most:])
    told = {"count": wording.number(left)}
    return [*facts[:most], Fact(words % told, path, is_warning)]


def _compared(word, now, was):
    told = {"word": word, "now": wording.number(now), "was": wording.number(was)}
    if not was:
        return _("%(word)s: %(now)s; none in the period before") % told
    if now == was:
        return _("%(word)s: %(now)s, as in the period before") % told
    told["change"] = f"{(now - was) / was:+.0%}".replace("-", "−")
    return _("%(word)s: %(now)s; %(was)s in the period before, %(change)s") % told


def _goal_words(goal):
    unit = f" {goal.unit}" if goal.unit else ""
    told = {
        "objective": goal.objective,
        "actual": "–" if goal.actual is None else wording.number(goal.actual) + unit,
        "target": wording.number(goal.target) + unit,
        "state": goal.standing,
    }
    return _("%(objective)s: %(actual)s of %(target)s, %(state)s") % told


def _zone():
    return Tenant.objects.get(pk=current_tenant_id()).timezone
