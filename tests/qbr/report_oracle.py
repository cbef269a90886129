"""The figures of a report, reckoned again: plain Python over plain rows, nothing of the
code under test, and written as a person writes them.
"""

import re
import statistics
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from accounts.models import FeatureVote, Ticket
from health.models import Snapshot
from nps.models import Invitation, Response
from qbr.models import Commitment, Goal
from usage.models import Feature, FeatureDay, UserDay

SEPARATORS = {"en": (",", "."), "ru": (" ", ",")}
SIGNS = {"USD": "$", "EUR": "€"}
WORDS = {
    "en": {
        "of": "of",
        "h": "h",
        "min": "min",
        "before": "before",
        "points": "points",
    },
    "ru": {
        "of": "из",
        "h": "ч",
        "min": "мин",
        "before": "было",
        "points": "п. п.",
    },
}


def figures(review, *, seats, zone):
    """By key the value, and of how many where it is a part."""
    account, first, end = review.account, review.period_start, review.period_end
    found = _of_days(account, first, end, seats, ZoneInfo(zone))
    found |= _goals(account, first, end)
    asked = [
        one.state
        for one in Invitation.objects.filter(account=account)
        if first <= one.sent_at.astimezone(ZoneInfo(zone)).date() < end
        and one.state != "failed"
    ]
    found["nps_rate"] = (asked.count("answered"), len(asked))
    promised = [
        one for one in Commitment.objects.filter(account=account).exclude(review=review)
    ]
    for key, side in (("kept_ours", "ours"), ("kept_theirs", "theirs")):
        all_ = [one for one in promised if one.side == side and one.state != "dropped"]
        found[key] = (sum(one.state == "done" for one in all_), len(all_))
    wishes = [one.request.state for one in FeatureVote.objects.filter(account=account)]
    found["requests_shipped"] = (wishes.count("shipped"), len(wishes))
    return found


def notes(review, language, *, seats, zone):
    """By key what stands below a figure: its change, and what it was in as many days
    before. Nothing where it was not measured then."""
    account, first, end = review.account, review.period_start, review.period_end
    now = _of_days(account, first, end, seats, ZoneInfo(zone))
    before = _of_days(account, first - (end - first), first, seats, ZoneInfo(zone))
    return {
        key: _note(key, Decimal(now[key][0]), Decimal(before[key][0]), language)
        for key in now
    }


def _note(key, now, before, language):
    words, told = WORDS[language], written(key, before, None, language)
    if key in ("seat_share", "csat"):
        now, before = (round(one, 4) for one in (now, before))
        points = round((now - before) * 100)
        change = f"{_signed(points, language)} {words['points']}" if points else ""
    elif key in ("health", "nps"):
        moved = round(now, 1) - round(before, 1)
        change = _signed(moved, language) if moved else ""
    else:
        if key == "hours_to_solve":
            now, before = round(now, 2), round(before, 2)
        share = (now - before) / before if before else Decimal(0)
        percent = (share * 100).quantize(Decimal(1), ROUND_HALF_EVEN)
        sign = "+" if share > 0 else ""
        text = f"{sign}{number(percent, 0, language)}%".replace("-", "−")
        change = text if round(share, 2) else ""
    said = f"{words['before']}: {told}"
    return f"{change}, {said}" if change else said


def _signed(value, language):
    sign = "+" if value > 0 else ""
    return f"{sign}{_trimmed(Decimal(value), language)}".replace("-", "−")


def _of_days(account, first, end, seats, zone):
    """What is measured in days: from one to right before the other."""
    days = {first + timedelta(days=n) for n in range((end - first).days)}
    month = {day for day in days if day >= end - timedelta(days=30)}
    scores = {
        row.day: row.score
        for row in Snapshot.objects.filter(account=account)
        if row.day in days
    }
    return {
        **_usage(account, days, month, seats),
        **_support(account, first, end, zone),
        **_feedback(account, first, end, zone),
        "health": (scores[max(scores)], None),
    }


def _usage(account, days, month, seats):
    people, active, minutes = set(), set(), 0
    for row in UserDay.objects.filter(account=account):
        if row.day in days:
            people.add(row.user_ref)
            minutes += 5 * row.slots.count("1")
        if row.day in month:
            active.add(row.user_ref)
    features = {one.pk: one for one in Feature.objects.all() if not one.is_hidden}
    used, uses, on_days = set(), 0, set()
    for row in FeatureDay.objects.filter(account=account):
        if row.day in days and row.feature_id in features:
            used.add(row.feature_id)
            uses += row.events
            on_days.add(row.day)
    keys = {pk for pk, one in features.items() if one.is_key}
    return {
        "active_people": (len(people), None),
        "active_days": (len(on_days), None),
        "uses": (uses, None),
        "time": (minutes, None),
        "seat_share": (Decimal(len(active)) / seats, None),
        "features_used": (len(used), len(features)),
        "key_features_used": (len(used & keys), len(keys)),
    }


def _support(account, first, end, zone):
    since, until = (datetime.combine(day, time(), zone) for day in (first, end))
    tickets = list(Ticket.objects.filter(account=account))
    opened = [one for one in tickets if since <= one.opened_at < until]
    solved = [
        one for one in tickets if one.solved_at and since <= one.solved_at < until
    ]
    still = [
        one
        for one in tickets
        if one.opened_at < until and not (one.solved_at and one.solved_at < until)
    ]
    rated = [one.csat for one in solved if one.csat]
    hours = [(one.solved_at - one.opened_at).total_seconds() / 3600 for one in solved]
    return {
        "tickets_opened": (len(opened), None),
        "tickets_solved": (len(solved), None),
        "tickets_open": (len(still), None),
        "tickets_critical": (sum(one.severity == "critical" for one in opened), None),
        "hours_to_solve": (Decimal(statistics.median(hours)), None),
        "csat": (Decimal(sum(one >= 4 for one in rated)) / len(rated), None),
    }


def interval(review, *, zone):
    """The two ends of the 95 % interval of NPS, as whole points."""
    scores = _scores(
        review.account, review.period_start, review.period_end, ZoneInfo(zone)
    )
    n = len(scores)
    p, d = sum(one > 8 for one in scores) / n, sum(one < 7 for one in scores) / n
    reach = 1.959964 * ((p + d - (p - d) ** 2) / n) ** 0.5
    return [
        str(round(100 * max(-1, min(1, end)))).replace("-", "−")
        for end in (p - d - reach, p - d + reach)
    ]


def _feedback(account, first, end, zone):
    scores = _scores(account, first, end, zone)
    balance = sum(score > 8 for score in scores) - sum(score < 7 for score in scores)
    return {
        "nps": (Decimal(100 * balance) / len(scores), None),
        "nps_answers": (len(scores), None),
    }


def _scores(account, first, end, zone):
    since, until = (datetime.combine(day, time(), zone) for day in (first, end))
    latest, nobody = {}, []
    for one in Response.objects.filter(account=account).order_by("answered_at", "id"):
        if since <= one.answered_at < until:
            if one.contact_id:
                latest[one.contact_id] = one.score
            else:
                nobody.append(one.score)
    return [*latest.values(), *nobody]


def _goals(account, first, end):
    rows = list(Goal.objects.filter(account=account))
    met = [one for one in rows if one.state == "met" and first <= one.closed_on < end]
    return {
        "goals_met": (len(met), len(rows)),
        "value_hours": (sum(one.value_hours for one in met), None),
        "value_verified": (sum(one.verified_at is not None for one in met), len(met)),
    } | {f"value_money:{one.value_currency}": (one.value_amount, None) for one in met}


def charts(review, *, zone):
    """Of each chart in the order of the report the values of its series."""
    account, first, end = review.account, review.period_start, review.period_end
    length = end - first
    people = {}
    for row in UserDay.objects.filter(account=account):
        people.setdefault(row.day, set()).add(row.user_ref)

    def weeks(last):
        count = length.days // 7
        return [
            len(
                set().union(
                    *(
                        people.get(last - timedelta(days=7 * n - d), set())
                        for d in range(7)
                    )
                )
            )
            for n in range(count, 0, -1)
        ]

    most = sorted((-uses, name) for name, uses, *_rest in _features(review))
    tickets = list(Ticket.objects.filter(account=account))
    instants = ZoneInfo(zone)

    def monthly(name):
        months = [
            getattr(one, name).astimezone(instants).date()
            for one in tickets
            if getattr(one, name)
        ]
        return [
            sum((day.year, day.month) == month and first <= day < end for day in months)
            for month in sorted(
                {
                    (
                        (first + timedelta(days=n)).year,
                        (first + timedelta(days=n)).month,
                    )
                    for n in range(length.days)
                }
            )
        ]

    scores = dict(Snapshot.objects.filter(account=account).values_list("day", "score"))
    ends = [end - timedelta(days=7 * n) for n in range(length.days // 7 - 1, -1, -1)]

    def newest(until):
        known = [day for day in scores if until - timedelta(days=7) <= day < until]
        return scores[max(known)] if known else None

    return [
        [weeks(end), weeks(first)],
        [[-uses for uses, _name in most]],
        [[newest(until) for until in ends]],
        [monthly("opened_at"), monthly("solved_at")],
    ]


def features(review, language):
    """The rows of the table of features, as written; what is empty is left out."""
    rows = []
    for name, uses, before, days, is_key in _features(review):
        moved = round(Decimal(uses - before) / before * 100) if before else None
        sign = "" if not moved or moved < 0 else "+"
        change = f"{sign}{number(moved, 0, language)}%".replace("-", "−")
        key = {"en": "yes", "ru": "да"}[language] if is_key else ""
        cells = [name, key, number(uses, 0, language), number(before, 0, language)]
        rows.append([*[cell for cell in cells if cell], change, str(days)])
    return rows


def _features(review):
    """Name, uses, uses before, days in use, whether it is a key one."""
    first, end = review.period_start, review.period_end
    before = first - (end - first)
    found = {}
    for row in FeatureDay.objects.filter(account=review.account).select_related(
        "feature"
    ):
        if row.feature.is_hidden or not before <= row.day < end:
            continue
        uses, was, days = found.get(row.feature, (0, 0, 0))
        if row.day >= first:
            found[row.feature] = (uses + row.events, was, days + 1)
        else:
            found[row.feature] = (uses, was + row.events, days)
    return [(one.label, *values, one.is_key) for one, values in found.items()]


def written(key, value, of, language):
    """A figure as a person writes it in that language."""
    if of is not None:
        return f"{number(value, 0, language)} {WORDS[language]['of']} {number(of, 0, language)}"
    value = Decimal(value)
    if key in ("seat_share", "csat"):
        # Whole percents; halves go to the even one, as Babel rounds.
        percent = (value * 100).quantize(Decimal(1), ROUND_HALF_EVEN)
        return f"{percent}%"
    if key == "time":
        return _duration(int(value), language)
    if key in ("value_hours", "hours_to_solve"):
        short = round(round(value, 2), 1)
        return f"{_trimmed(short, language)} {WORDS[language]['h']}"
    if key.startswith("value_money:"):
        return _money(value, key.split(":")[1], language)
    if key == "nps":
        return _trimmed(round(value, 1), language).replace("-", "−")
    return number(value, 0, language)


def number(value, digits, language):
    thousands, point = SEPARATORS[language]
    step = Decimal(1).scaleb(-digits)
    whole, _, rest = f"{Decimal(value).quantize(step, ROUND_HALF_UP):f}".partition(".")
    grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", thousands, whole)
    return f"{grouped}{point}{rest}" if rest else grouped


def _trimmed(value, language):
    point = SEPARATORS[language][1]
    text = number(value, 3, language)
    return text.rstrip("0").rstrip(point) if point in text else text


def _money(value, currency, language):
    text = number(value, 0 if value == int(value) else 2, language)
    sign = SIGNS[currency]
    return f"{sign}{text}" if language == "en" else f"{text} {sign}"


def _duration(minutes, language):
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{number(hours, 0, language)} {WORDS[language]['h']}")
    if minutes:
        parts.append(f"{minutes} {WORDS[language]['min']}")
    return " ".join(parts)
