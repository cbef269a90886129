"""What the pages of the forecast show: the deals one may see, grouped, named, compared."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from accounts.models import Account, Tier
from accounts.queries import sees_all
from renewals.forecasting import figures
from renewals.forecasting.deals import WHO, Deal
from renewals.forecasting.figures import Outlook
from renewals.forecasting.moves import Moves, moves
from renewals.forecasting.quarter import Quarter
from renewals.models import ForecastSnapshot, ForecastWeek
from renewals.queries.pipeline import visible_renewals
from renewals.queries.reckoning import Ground, deals_now, present_ground
from renewals.queries.weeks import deals_of, last_week
from tenants.queries import members
from worklist.queries.lists import team_of

GROUPS = ("owner", "tier", "segment")
FIELDS = {"owner": "owner_id", "tier": "tier", "segment": "segment"}
# Weeks one may compare with, and quarters looked back at.
WEEKS, QUARTERS = 26, 6


@dataclass(frozen=True)
class View:
    """Whose deals, of which quarter: what the address asks for, for one who may see it."""

    membership: object
    quarter: Quarter
    filters: dict = field(default_factory=dict)

    def of_quarter(self, deals: Iterable[Deal]) -> list[Deal]:
        held = (d for d in deals if self.quarter.holds(d.placed_on))
        return self.narrowed(held)

    def narrowed(self, deals: Iterable[Deal]) -> list[Deal]:
        tests = [*self._tests()]
        return [deal for deal in deals if all(test(deal) for test in tests)]

    def _tests(self):
        user = self.membership.user
        if not sees_all(self.membership):
            own = set(Account.objects.owned_by(user).values_list("pk", flat=True))
            yield lambda deal: deal.account_id in own
        whose = self.filters.get("whose") or ""
        if whose == "mine":
            yield lambda deal: deal.owner_id == user.pk
        elif whose == "none":
            yield lambda deal: deal.owner_id is None
        elif whose == "team":
            team = set(team_of(self.membership))
            yield lambda deal: deal.owner_id in team
        elif whose.isdigit():
            yield lambda deal: deal.owner_id == int(whose)
        if self.filters.get("tier") in Tier.values:
            yield lambda deal: deal.tier == self.filters["tier"]
        if self.filters.get("segment"):
            wanted = "" if self.filters["segment"] == "-" else self.filters["segment"]
            yield lambda deal: deal.segment == wanted


def now(tenant, at: datetime) -> tuple[Ground, list[Deal]]:
    """Today's ground and every deal of it. Four queries."""
    ground = present_ground(tenant, at)
    return ground, deals_now(ground)


def groups(deals: list[Deal], by: str) -> list[tuple[object, Outlook]]:
    """The outlook of each owner, tier or segment, the largest first."""
    found = figures.grouped(deals, FIELDS[by])
    return sorted(found.items(), key=lambda item: (-item[1].value, str(item[0])))


def disagreements(deals: Iterable[Deal]) -> list[Deal]:
    """Open deals of which different things are said, the furthest apart first."""
    found = [deal for deal in deals if figures.disagrees(deal)]
    return sorted(found, key=lambda deal: (-figures.stake(deal), deal.renewal_id))


def ledger(deals: Iterable[Deal], who: str, case: str) -> list[tuple[Deal, Decimal]]:
    """The deals behind a figure, each with what it gives, the most first."""
    return sorted(
        figures.lines(deals, who, case),
        key=lambda line: (-line[1], line[0].placed_on, line[0].renewal_id),
    )


def weeks_to_compare(on: date) -> list[ForecastWeek]:
    return list(ForecastWeek.objects.filter(week__lt=on).order_by("-week")[:WEEKS])


def last_weeks(weeks: list[ForecastWeek], on: date) -> ForecastWeek | None:
    """The forecast of a week ago: the newest that is not of these last days."""
    old = [week for week in weeks if week.week <= on - timedelta(days=6)]
    return old[0] if old else (weeks[-1] if weeks else None)


def moved_since(week: ForecastWeek, deals: list[Deal], view: View, who: str) -> Moves:
    """What moved from a written forecast to these deals (all of them, not narrowed)."""
    return _moves(week, _was(week, deals, view), deals, view, who)


def _was(week, deals, view):
    """How those in the quarter, then or now, stood in a written forecast."""
    now_in = [deal.renewal_id for deal in deals if view.quarter.holds(deal.placed_on)]
    return _written(week, view.quarter, now_in)


def _moves(week, was, now, view, who):
    return moves(
        view.narrowed(was),
        view.narrowed(now),
        quarter=view.quarter,
        who=who,
        history=week.history,
    )


def _written(week, quarter, also):
    placed = Q(placed_on__range=(quarter.first, quarter.last))
    rows = ForecastSnapshot.objects.filter(placed | Q(renewal_id__in=also))
    return deals_of(week, pk__in=rows.filter(week=week).values("pk"))


@dataclass
class Track:
    """A quarter: what was foretold when it began, and what became of it."""

    quarter: Quarter
    opening: ForecastWeek
    # None: it is not over, or no forecast was written since.
    closing: ForecastWeek | None
    begun: Outlook
    ended: Outlook
    moved: dict[str, Moves]

    @property
    def is_over(self) -> bool:
        return self.closing is not None

    @property
    def is_begun_late(self) -> bool:
        """The first forecast is of some days after the quarter began."""
        return self.opening.week > self.quarter.first

    @property
    def slipped(self) -> Outlook:
        """The deals that were foretold and went to a later quarter, as they were."""
        gone = self.moved["auto"].of("slipped")
        return figures.outlook(one.was for one in gone if one.was)

    def error(self, who: str):
        """How far the likely case was from what was renewed, as a share of it."""
        actual = self.ended.won
        foretold = self.begun.figures[who].likely
        return (foretold - actual) / actual if actual else None


def tracks(view: View, ground: Ground, deals: list[Deal]) -> list[Track]:
    """This quarter and those before it that have a forecast, newest first."""
    found = []
    for back in range(QUARTERS):
        quarter = view.quarter.shifted(-back)
        opening = opening_week(quarter)
        if opening is None:
            continue
        of_it = View(view.membership, quarter, view.filters)
        found.append(_track(of_it, opening, ground, deals))
    return found


def opening_week(quarter: Quarter) -> ForecastWeek | None:
    """The last forecast by the quarter's first day; else the first one within it."""
    before = last_week(by=quarter.first)
    # One of long ago says nothing about how the quarter began.
    if before and quarter.first - before.week < timedelta(days=14):
        return before
    within = ForecastWeek.objects.filter(week__range=(quarter.first, quarter.last))
    return within.order_by("week").first()


def _track(view, opening, ground, deals):
    quarter, closing = view.quarter, None
    if ground.on > quarter.last:
        later = ForecastWeek.objects.filter(week__gt=quarter.last)
        closing = later.order_by("week").first()
    if closing:
        known = ForecastSnapshot.objects.filter(
            week=opening, placed_on__range=(quarter.first, quarter.last)
        )
        deals = _written(closing, quarter, known.values("renewal_id"))
    was = _was(opening, deals, view)
    return Track(
        quarter=quarter,
        opening=opening,
        closing=closing,
        begun=figures.outlook(view.of_quarter(was)),
        ended=figures.outlook(view.of_quarter(deals)),
        moved={who: _moves(opening, was, deals, view, who) for who in WHO},
    )


def names_of(deals: Iterable[Deal]) -> dict:
    """The accounts of some deals by their ids, archived ones too. One query."""
    wanted = {deal.account_id for deal in deals}
    accounts = Account.objects.filter(pk__in=wanted).only("name", "archived_at")
    return {account.pk: account for account in accounts}


def there_are(membership, deals: Iterable[Deal]) -> set:
    """The ids of those deals that can be opened: a forecast outlives the contracts that
    are deleted and the accounts that are archived. One query."""
    ids = [deal.renewal_id for deal in deals]
    found = visible_renewals(membership).filter(pk__in=ids)
    return set(found.values_list("pk", flat=True))


def people_of(tenant) -> dict[int, str]:
    """Those who work here now, by id. One query."""
    return {member.user_id: str(member.user) for member in members(tenant.pk)}
