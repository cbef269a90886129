"""What the books say of a demo customer: contracts, invoices, tickets, answers, notes.

Pure: items as the REST API takes them, by external id, up to and including `today`.
"""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from integrations.services.demo.cast import Stage
from integrations.services.demo.story import HISTORY, Company
from integrations.services.demo.words import CATEGORIES, COMMENTS, NOTES, TICKETS

TERM = 365  # days
NOTICE = (0, 0, 30, 60)


def account(company: Company, stage: Stage, today: date) -> dict:
    age = (today - company.since).days
    life = "onboarding" if age < 90 else "growth" if company.arc == "thriving" else ""
    return {
        "external_id": company.external_id,
        "name": company.name,
        "domain": company.domain,
        "lifecycle_stage": "churned" if company.left_on else life or "adoption",
        "tier": company.tier,
        "segment": company.segment,
        "owner": company.owner,
        "industry": company.industry,
        "country": company.country,
        "language": stage.language,
        "customer_since": company.since.isoformat(),
    }


def contacts(company: Company) -> list[dict]:
    """The people one talks to: those who decide, champion, pay, and two users."""
    return [
        {
            "external_id": f"{company.external_id}-p{person.number + 1}",
            "account": company.external_id,
            "name": person.name,
            "email": person.email,
            "roles": list(person.roles),
        }
        for person in company.people[:5]
    ]


def contracts(company: Company, stage: Stage, today: date) -> list[dict]:
    """One a term, from the first day to the coming end; larger or smaller each time."""
    draw = random.Random(company.seed + 1)
    notice, auto = draw.choice(NOTICE), draw.random() < 0.5
    seats, found, start = company.seats, [], company.since
    while start <= today and (company.left_on is None or start < company.left_on):
        end = start + timedelta(days=TERM)
        found.append(
            {
                "external_id": f"{company.external_id}-c{len(found) + 1}",
                "account": company.external_id,
                "plan": company.plan,
                "starts_on": start.isoformat(),
                "ends_on": min(end, company.left_on or end).isoformat(),
                "mrr": str(Decimal(seats * company.price)),
                "currency": stage.currency,
                "seats": seats,
                "auto_renew": auto,
                "notice_days": notice,
            }
        )
        seats = max(3, round(seats * _growth(company, draw)))
        start = end
    return found


def _growth(company, draw):
    if company.arc == "thriving":
        return draw.uniform(1.05, 1.35)
    if company.arc in ("fading", "quiet"):
        return draw.uniform(0.7, 1.0)
    return draw.choice((1.0, 1.0, 1.1, 0.95))


def invoices(company: Company, stage: Stage, today: date) -> list[dict]:
    """One a month for the contract of its first day; paid late when it goes badly."""
    found = []
    for contract in contracts(company, stage, today):
        begin = date.fromisoformat(contract["starts_on"])
        end = date.fromisoformat(contract["ends_on"])
        month = begin.replace(day=1)
        while month < min(end, today + timedelta(days=1)):
            if month >= begin and (today - month).days < HISTORY:
                found.append(_invoice(company, contract, month, today))
            month = (month + timedelta(days=32)).replace(day=1)
    return found


def _invoice(company, contract, month, today):
    draw = random.Random(company.seed ^ month.toordinal() ^ 7)
    due = month + timedelta(days=14)
    is_late = draw.random() < (0.55 if company.mood(month, today) < 0.3 else 0.02)
    paid = due + timedelta(days=draw.randint(6, 45) if is_late else -draw.randint(0, 9))
    return {
        "external_id": f"{company.external_id}-i{month:%Y%m}",
        "account": company.external_id,
        "amount": contract["mrr"],
        "currency": contract["currency"],
        "issued_on": month.isoformat(),
        "due_on": due.isoformat(),
        "paid_on": paid.isoformat() if paid <= today else None,
    }


def tickets(company: Company, stage: Stage, today: date) -> list[dict]:
    found = []
    for age in range(min(HISTORY, (today - company.since).days), 0, -1):
        day = today - timedelta(days=age)
        draw = random.Random(company.seed ^ day.toordinal() ^ 11)
        mood = company.mood(day, today)
        if company.is_there(day) and draw.random() < 0.012 + 0.03 * (1 - mood):
            found.append(_ticket(company, stage, day, today, draw, mood))
    return found


def _ticket(company, stage, day, today, draw, mood):
    severity = draw.choices(
        ("low", "normal", "high", "critical"), (3, 6, 2, 1 + 2 * (mood < 0.3))
    )[0]
    opened = _instant(day, draw)
    solved = opened + timedelta(hours=draw.expovariate(1 / (20 + 160 * (1 - mood))))
    is_open = solved.date() >= today
    csat = None if is_open or draw.random() < 0.5 else 5 - int(3.4 * (1 - mood))
    tone = max(-2, min(2, round(4.5 * mood - 2 + draw.gauss(0, 0.7))))
    number = draw.choice(range(len(TICKETS[stage.language])))
    return {
        "external_id": f"{company.external_id}-t{day:%Y%m%d}",
        "account": company.external_id,
        "subject": TICKETS[stage.language][number],
        "category": CATEGORIES[stage.language][number],
        "severity": severity,
        "status": "open" if is_open else "solved",
        "opened_at": opened.isoformat(),
        "solved_at": None if is_open else solved.isoformat(),
        "csat": csat,
        "tone": None if draw.random() < 0.3 else tone,
    }


def responses(company: Company, stage: Stage, today: date) -> list[dict]:
    """NPS 30, 90 and 180 days after the start and every half year; not all answer."""
    found = []
    age = (today - company.since).days
    for after in [30, 90, *range(180, age + 1, 180)]:
        day = company.since + timedelta(days=after)
        draw = random.Random(company.seed ^ day.toordinal() ^ 13)
        answers = draw.random() < 0.7 and company.is_there(day) and day <= today
        if answers and (today - day).days < HISTORY:
            found.append(_response(company, stage, day, today, draw))
    return found


def _response(company, stage, day, today, draw):
    score = min(10, max(0, round(3 + 8 * company.mood(day, today) + draw.gauss(0, 1))))
    kind = "promoter" if score > 8 else "passive" if score > 6 else "detractor"
    return {
        "external_id": f"{company.external_id}-n{day:%Y%m%d}",
        "account": company.external_id,
        "contact": company.people[1].email,
        "kind": "nps",
        "score": score,
        "comment": draw.choice(COMMENTS[stage.language][kind]),
        "answered_at": _instant(day, draw).isoformat(),
    }


def notes(company: Company, stage: Stage, today: date) -> list[dict]:
    found = []
    pace = {"high": 24, "mid": 50, "tech": 120}[company.tier]
    for age in range(min(HISTORY, (today - company.since).days), 0, -pace):
        day = today - timedelta(days=age)
        draw = random.Random(company.seed ^ day.toordinal() ^ 17)
        if company.is_there(day):
            how = "well" if company.mood(day, today) > 0.45 else "badly"
            found.append(
                {
                    "external_id": f"{company.external_id}-m{day:%Y%m%d}",
                    "account": company.external_id,
                    "kind": draw.choice(("call", "meeting", "note", "email")),
                    "body": draw.choice(NOTES[stage.language][how]),
                    "author": company.owner,
                    "happened_at": _instant(day, draw).isoformat(),
                }
            )
    return found


def _instant(day, draw):
    """Some moment of a working day."""
    moment = time(draw.randint(7, 14), draw.randint(0, 59))
    return datetime.combine(day, moment, UTC)
