"""What the data shows of the eight things to know before a review."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import FeatureRequest, Ticket
from accounts.queries.requests import requests_of
from cs_platform.lib import clock, wording
from health.models import Snapshot
from qbr import planning
from qbr.models import Goal, GoalState, PreparationKey, Review
from qbr.queries.goals import worth_of
from qbr.queries.news import news_for
from renewals import growth
from renewals.models import ExpansionSignal, Opportunity, SignalKind
from renewals.queries.expansion import muted_because, with_risk
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from usage.models import FeatureDay, UserDay

MOST = 8
NEWS = 20
CSAT_GOOD = 4


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
    now = _used(review, review.period_start, review.period_end)
    start, end = planning.before(review.period_start, review.period_end)
    was = _used(review, start, end)
    if not now["events"] and not was["events"]:
        return []
    path = f"/accounts/{review.account_id}/usage/"
    return [
        Fact(_compared(word, now[key], was[key]), path, is_warning=now[key] < was[key])
        for key, word in (
            ("users", _("Active users")),
            ("events", _("Uses")),
            ("features", _("Features used")),
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
    last = days.filter(day__lt=review.period_end).latest_first().first()
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
    zone = _zone()
    since = clock.start_of(review.period_start, zone)
    until = clock.start_of(review.period_end, zone)
    tickets = Ticket.objects.filter(account=review.account_id)
    asked = tickets.filter(opened_at__gte=since, opened_at__lt=until)
    found = asked.aggregate(
        count=Count("pk"),
        solved=Count("pk", filter=Q(solved_at__isnull=False)),
        rated=Count("csat"),
        good=Count("pk", filter=Q(csat__gte=CSAT_GOOD)),
        csat=Avg("csat"),
    )
    path = f"/accounts/{review.account_id}/tickets/"
    if not found["count"]:
        words = _("No request to support in the period.")
        return [Fact(words, path), *_critical(tickets, path)]
    told = {"count": found["count"], "solved": found["solved"]}
    words = ngettext(
        "%(count)s request to support, %(solved)s solved",
        "%(count)s requests to support, %(solved)s solved",
        found["count"],
    )
    facts = [Fact(words % told, path)]
    if found["rated"]:
        told = {
            "share": wording.percent(found["good"] / found["rated"], 0),
            "count": found["rated"],
        }
        words = ngettext(
            "CSAT %(share)s good, of %(count)s answer",
            "CSAT %(share)s good, of %(count)s answers",
            found["rated"],
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


def _used(review, start, end):
    """People, uses and features in a period; its end is the day after."""
    days = {"account": review.account_id, "day__gte": start, "day__lt": end}
    users = UserDay.objects.filter(**days).aggregate(
        users=Count("user_ref", distinct=True)
    )
    shown = FeatureDay.objects.filter(
        **days, feature__is_hidden=False, feature__is_error=False
    )
    found = shown.aggregate(
        events=Sum("events"), features=Count("feature", distinct=True)
    )
    return users | {"events": found["events"] or 0, "features": found["features"]}


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


def read_at(review) -> datetime | None:
    """When the kept findings of a review were read."""
    return max(
        (item.found_at for item in review.preparation.all() if item.found_at),
        default=None,
    )
