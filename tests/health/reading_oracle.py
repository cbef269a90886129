"""Every signal once more, slowly: loops over the rows, nothing shared with the SQL."""

from datetime import datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from accounts.models import Contact, Contract, ExchangeRate, Invoice, Ticket
from health.models import Sentiment
from nps.models import Response
from tests.health.oracle import _half_a_year_before
from usage.models import Feature, FeatureDay, Link, Person, UserDay


class Look:
    """The rows of an account as known at the end of a day, or at an instant of it."""

    def __init__(self, account, day, *, zone, now=None, window=None, settings=()):
        self.account, self.day, self.zone = account, day, ZoneInfo(zone)
        midnight = datetime.combine(day + timedelta(days=1), time(), self.zone)
        self.at = now or midnight
        self.is_today = now is not None
        self.window, self.settings = window, dict(settings)
        self.first = None if window is None else day - timedelta(days=window - 1)

    def happened(self, at):
        return at is not None and (at <= self.at if self.is_today else at < self.at)

    def in_window(self, at):
        day = at.astimezone(self.zone).date()
        return self.happened(at) and (self.first is None or day >= self.first)

    def of(self, model):
        return list(model.objects.filter(account=self.account))

    @property
    def usage(self):
        return [row for row in self.of(FeatureDay) if row.day <= self.day]

    @property
    def lately(self):
        return [row for row in self.usage if row.day >= self.first]

    @property
    def tickets(self):
        return [t for t in self.of(Ticket) if self.happened(t.opened_at)]

    @property
    def solved(self):
        return [t for t in self.tickets if t.solved_at and self.in_window(t.solved_at)]

    def answers(self, kind):
        return [
            one
            for one in self.of(Response)
            if one.kind in kind and self.in_window(one.answered_at)
        ]

    @property
    def bills(self):
        """(due, paid) as known: a later payment is none."""
        return [
            (b.due_on, b.paid_on if b.paid_on and b.paid_on <= self.day else None)
            for b in self.of(Invoice)
            if b.issued_on <= self.day
        ]

    def in_force(self, day):
        return [
            c
            for c in self.of(Contract)
            if c.starts_on <= day and (c.ends_on is None or day < c.ends_on)
        ]

    @property
    def contacts(self):
        return [c for c in self.of(Contact) if self.happened(c.created_at)]

    def seen(self, contact):
        """The last day a contact was seen or answered."""
        refs = {contact.external_id, contact.email.lower()}
        refs |= {
            link.person
            for link in Link.objects.all()
            if link.ref == contact.external_id
        }
        refs |= {
            person.ref
            for person in Person.objects.all()
            if person.email.lower() == contact.email.lower()
        }
        days = [
            row.day
            for row in self.of(UserDay)
            if row.day <= self.day
            and row.day >= self.day - timedelta(days=365)
            and (row.user_ref in refs or row.user_ref.lower() == contact.email.lower())
        ]
        days += [
            one.answered_at.astimezone(self.zone).date()
            for one in self.of(Response)
            if one.contact_id == contact.pk and self.happened(one.answered_at)
        ]
        return max(days, default=None)


def _called(name):
    """The features that an event's name counts for."""
    found = set()
    for one in Feature.objects.select_related("merged_into"):
        if name in (one.name, one.merged_into and one.merged_into.name):
            found.add(one.pk)
        if one.name == name and one.counted_as_id:
            found.add(one.counted_as_id)
    return found


def login_days(look):
    if not look.usage:
        return None
    event = look.settings["event"]
    names = _called(event) if event else None
    return len({r.day for r in look.lately if not event or r.feature_id in names})


def key_feature(look):
    return login_days(look)


def active_users(look):
    if not look.usage:
        return None
    rows = look.of(UserDay)
    return len({r.user_ref for r in rows if look.first <= r.day <= look.day})


def time_in_product(look):
    if not look.usage:
        return None
    rows = [r for r in look.of(UserDay) if look.first <= r.day <= look.day]
    if any(row.slots is None for row in rows):
        return None
    people = {row.user_ref for row in rows}
    minutes = 5 * sum(row.slots.count("1") for row in rows)
    return minutes / len(people) if people else 0


def seat_use(look):
    seats = [c.seats for c in look.in_force(look.day) if c.seats is not None]
    if not look.usage or not sum(seats):
        return None
    return active_users(look) / sum(seats)


def depth(look):
    if not look.usage:
        return None
    used = {r.feature_id for r in look.lately}
    own = Feature.objects.filter(merged_into=None, is_error=False, is_hidden=False)
    of = {one.pk for one in own if one.is_key}
    if not of:
        anybody = FeatureDay.objects.values_list("feature", "day")
        known = {pk for pk, day in anybody if day <= look.day or look.is_today}
        of = {one.pk for one in own if look.is_today or one.pk in known}
    return len(used & of) / len(of) if of else None


def features_used(look):
    if not look.usage:
        return None
    errors = {one.pk for one in Feature.objects.all() if one.is_error}
    return len({r.feature_id for r in look.lately} - errors)


def usage_trend(look):
    start = look.first - timedelta(days=90)
    before = [r for r in look.usage if start <= r.day < look.first]
    if not before:
        return None
    days = (look.first - min(r.day for r in before)).days
    now = sum(r.events for r in look.lately) / look.window
    return now / (sum(r.events for r in before) / days) - 1


def errors(look):
    marked = {one.pk for one in Feature.objects.all() if one.is_error}
    events = sum(r.events for r in look.lately)
    if not events or not marked:
        return None
    return 100 * sum(r.events for r in look.lately if r.feature_id in marked) / events


def is_known(look):
    start = _half_a_year_before(look.day)
    counted = [
        (paid is None and due < look.day)
        or (paid is not None and (paid if paid > due else due) > start)
        for due, paid in look.bills
    ]
    look.first, first = None, look.first
    answers = look.answers(("nps",))
    look.first = first
    return bool(look.usage or look.tickets or answers or any(counted))


def critical_tickets(look):
    if not is_known(look):
        return None
    return len(
        [
            t
            for t in look.tickets
            if t.severity == "critical" and not look.happened(t.solved_at)
        ]
    )


def tickets_opened(look):
    if not is_known(look):
        return None
    return len([t for t in look.tickets if look.in_window(t.opened_at)])


def resolution_hours(look):
    hours = [(t.solved_at - t.opened_at).total_seconds() / 3600 for t in look.solved]
    return median(hours) if hours else None


def ticket_csat(look):
    rated = [t.csat for t in look.solved if t.csat is not None]
    return len([n for n in rated if n in (4, 5)]) / len(rated) if rated else None


def ticket_tone(look):
    tones = [
        t.tone
        for t in look.tickets
        if t.tone is not None and look.in_window(t.opened_at)
    ]
    return sum(tones) / len(tones) if tones else None


def nps(look):
    found = look.answers(("nps",))
    if not found:
        return None
    return max(found, key=lambda one: (one.answered_at, one.pk.int)).score


def csat(look):
    found = [one.score for one in look.answers(("csat",))]
    return len([n for n in found if n in (4, 5)]) / len(found) if found else None


def feedback_silence(look):
    found = look.answers(("nps", "csat"))
    if not found:
        return None
    last = max(one.answered_at for one in found).astimezone(look.zone).date()
    return (look.day - last).days


def payments(look):
    start, late, counted = _half_a_year_before(look.day), 0, 0
    for due, paid in look.bills:
        if paid is None and due < look.day or paid and paid > due and paid > start:
            late, counted = late + 1, counted + 1
        elif paid and paid <= due and due > start:
            counted += 1
    return late if counted else None


def days_overdue(look):
    if not any(paid or due < look.day for due, paid in look.bills):
        return None
    return max([(look.day - due).days for due, paid in look.bills if not paid] + [0])


def bill_change(look):
    then = look.first - timedelta(days=1)
    worth = {}
    for rate in ExchangeRate.objects.order_by("valid_from"):
        if rate.valid_from <= then:
            worth[rate.currency] = rate.rate
    worth["USD"] = 1
    before, now = look.in_force(then), look.in_force(look.day)
    if any(c.currency not in worth for c in before + now):
        return None
    was = sum(c.mrr * worth[c.currency] for c in before)
    return float(sum(c.mrr * worth[c.currency] for c in now) / was - 1) if was else None


def days_to_decision(look):
    days = []
    contracts = look.of(Contract)
    for c in look.in_force(look.day):
        followed = c.ends_on and any(
            n.starts_on > c.starts_on
            and abs((n.starts_on - c.ends_on).days) <= 31
            and (n.starts_on <= look.day or look.happened(n.created_at))
            for n in contracts
        )
        if c.ends_on and not followed:
            days.append((c.ends_on - look.day).days - c.notice_days)
    return min(days, default=None)


def decision_maker(look):
    if not look.contacts:
        return None
    found = [c for c in look.contacts if "decision_maker" in c.roles]
    seen = [look.seen(c) for c in found]
    return 2 if any(day and day >= look.first for day in seen) else 1 if found else 0


def single_thread(look):
    known = [len(look.contacts)] if look.contacts else []
    known += [active_users(look)] if look.usage else []
    return min(known, default=None)


def champion_quiet(look):
    found = [c for c in look.contacts if "champion" in c.roles]
    if not found:
        return None
    seen = [look.seen(c) for c in found if look.seen(c)]
    since = min(c.created_at for c in found).astimezone(look.zone).date()
    return (look.day - max(seen, default=since)).days


def sentiment(look):
    found = [one for one in look.of(Sentiment) if look.in_window(one.at)]
    if not found:
        return None
    return max(found, key=lambda one: (one.at, one.pk.int)).level
