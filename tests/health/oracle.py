"""The scorecard "Points" once more, slowly: loops over rows, nothing shared with it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Contract, Invoice, Ticket
from nps.models import Response
from usage.models import FeatureDay, UserDay


def points(account, day, *, zone="UTC", now=None, login=""):
    """Points of days, seats, tickets, NPS and payments; None where nothing is known."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))

    def happened(at):
        return at <= now if now else at < midnight

    usage = [
        row for row in FeatureDay.objects.filter(account=account) if row.day <= day
    ]
    month = [day - timedelta(days=n) for n in range(30)]
    answers = _answers(account, happened)
    judged = _judged(account, day)
    tickets = [
        t for t in Ticket.objects.filter(account=account) if happened(t.opened_at)
    ]
    is_known = bool(usage or answers or judged or tickets)
    return (
        _days(usage, month, login) if usage else None,
        _seats(account, day, month) if usage else None,
        _tickets(tickets, happened, now or midnight) if is_known else None,
        _nps(answers),
        None if not judged else 15 if not any(judged) else 0,
    )


def score(found):
    known = [number for number in found if number is not None]
    if not known:
        return None, "unknown"
    total = sum(known)
    total = 0 if total < 0 else 100 if total > 100 else total
    return total, "green" if total > 79 else "amber" if total > 49 else "red"


def _days(usage, month, login):
    days = set()
    for row in usage:
        names = {row.feature.name}
        if row.feature.merged_into:
            names.add(row.feature.merged_into.name)
        if row.day in month and (not login or login in names):
            days.add(row.day)
    return 30 if len(days) >= 16 else 15 if len(days) >= 5 else 0


def _seats(account, day, month):
    seats, is_said = 0, False
    for contract in Contract.objects.filter(account=account):
        runs = contract.starts_on <= day
        runs = runs and (contract.ends_on is None or day < contract.ends_on)
        if runs and contract.seats is not None:
            seats, is_said = seats + contract.seats, True
    if not is_said or seats == 0:
        return None
    people = set()
    for row in UserDay.objects.filter(account=account):
        if row.day in month:
            people.add(row.user_ref)
    return 20 if 2 * len(people) > seats else 0


def _tickets(tickets, happened, at):
    is_open, is_old = False, False
    for ticket in tickets:
        if ticket.severity != "critical":
            continue
        if ticket.solved_at is not None and happened(ticket.solved_at):
            continue
        is_open = True
        if (at - ticket.opened_at).total_seconds() > 7 * 24 * 3600:
            is_old = True
    return -20 if is_old else 0 if is_open else 15


def _answers(account, happened):
    return [
        answer
        for answer in Response.objects.filter(account=account)
        if answer.kind == "nps" and happened(answer.answered_at)
    ]


def _nps(answers):
    if not answers:
        return None
    latest = max(answers, key=lambda answer: (answer.answered_at, answer.pk.int))
    if latest.score in (9, 10):
        return 20
    return 0 if latest.score in (7, 8) else -15


def _judged(account, day):
    """For each bill that counts, whether it was late."""
    judged = []
    start = _half_a_year_before(day)
    for bill in Invoice.objects.filter(account=account):
        if bill.issued_on > day:
            continue
        paid = bill.paid_on if bill.paid_on and bill.paid_on <= day else None
        if (
            paid is None
            and bill.due_on < day
            or paid
            and paid > bill.due_on
            and paid > start
        ):
            judged.append(True)
        elif paid and paid <= bill.due_on and bill.due_on > start:
            judged.append(False)
    return judged


def _half_a_year_before(day):
    month, year = day.month - 6, day.year
    if month < 1:
        month, year = month + 12, year - 1
    for last in (day.day, 30, 29, 28):
        try:
            return day.replace(year=year, month=month, day=min(day.day, last))
        except ValueError:
            continue
