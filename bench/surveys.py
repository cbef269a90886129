"""Answers of a workspace of ten thousand accounts, in process: the inbox and the numbers.

The budget of a page is 100 ms at the 95th percentile; how much thirty thousand answers
cost more than three thousand is the ratio.
"""

import random
from datetime import timedelta

from bench.portfolio import BUDGET, _p95
from bench.stack import in_process

FEW, MANY = 1_000, 10_000  # accounts; three answers each
ANSWERS, ASKED = 3, 8  # of an account in a year
YEAR = 365
INBOX = "surveys/answers/"
PAGES = (
    INBOX,
    f"{INBOX}?follow=open&band=detractor&kind=nps",
    f"{INBOX}?q=export",
    f"{INBOX}?tag=Price&tone=negative",
    f"{INBOX}?kind=nps&latest=on&role=champion",
    f"{INBOX}?since=YEAR",
    "surveys/results/",
    "surveys/results/?since=YEAR",
    "surveys/results/parts/rates/",
    "surveys/results/parts/rates/?since=YEAR",
    "surveys/results/parts/trend/",
    "surveys/results/parts/words/?since=YEAR",
    "surveys/silence/",
    "surveys/results/rate/",
    "surveys/results/rate/?since=YEAR",
    "surveys/results/voices/",
    "surveys/results/voices/?by=role&since=YEAR",
    "surveys/results/tickets/?since=YEAR",
)
WORDS = (
    "The export is slow and support never answers.",
    "Great reports, the team loves them.",
    "Price went up again, we look at alternatives.",
    "Easy to use and reliable.",
    "Интеграция с 1С постоянно отваливается.",
    "Отличная поддержка, отвечают быстро.",
    "Missing a mobile app.",
    "Всё устраивает, спасибо.",
)
TAGS = ("Price", "Support", "Reports")


def main():
    for name, measured, target in run():
        print(f"{name:<70} {measured:8.2f}  {target}")


def run():
    """Rows of (gate, measured, target)."""
    with in_process():
        return _measure()


def _measure():
    few, many = populated("few", FEW), populated("many", MANY)
    rows = []
    for path in PAGES:
        small, large = few(path), many(path)
        rows.append((f"/{path}: p95 of {MANY * ANSWERS}, ms", large, f"<= {BUDGET}"))
        rows.append((f"/{path}: {MANY} / {FEW} accounts", large / small, "<= 5"))
    return [*rows, ("the inbox: keyset page 100 / page 1", _paging("many"), "<= 1.3")]


def populated(slug, number):
    """A workspace with that many accounts; tells the 95th percentile of a page."""
    from django.db import connections  # noqa: PLC0415

    from accounts.models import Contact  # noqa: PLC0415
    from cs_platform.lib import clock  # noqa: PLC0415
    from nps.services.succession import succeed  # noqa: PLC0415
    from tenants.scoping import tenant_scope  # noqa: PLC0415
    from tenants.services import (  # noqa: PLC0415
        add_member,
        create_tenant,
        create_user,
    )

    tenant = create_tenant(slug, name=slug)
    lead = create_user(f"lead@{slug}.example", name="Lead")
    today = clock.day_of(clock.now(), "UTC")
    with tenant_scope(tenant.pk):
        add_member(tenant, user=lead, role="lead")
        fill(tenant, accounts=number, on=today)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    with tenant_scope(tenant.pk):
        succeed(Contact.objects.values_list("pk", flat=True))
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    client, since = _client(lead), (today - timedelta(days=YEAR)).isoformat()
    return lambda path: _p95(lambda: _got(client, slug, path.replace("YEAR", since)))


def fill(tenant, *, accounts, on, seed=11):
    """Contacts, tickets, invitations and answers of a year, in the tenant in scope."""
    from accounts.models import Contact, Ticket  # noqa: PLC0415
    from bench.population import fill as fill_accounts  # noqa: PLC0415
    from nps.models import FollowUp, Invitation, Response, Survey  # noqa: PLC0415

    dice = random.Random(seed)  # noqa: S311 (not for secrets: the same each run)
    rows = fill_accounts(tenant, accounts=accounts, on=on)
    roles = (["decision_maker"], ["champion"], ["user"], ["user", "champion"], [])
    contacts = Contact.objects.bulk_create(
        [
            Contact(
                external_id=f"p{n}-{place}",
                account=row,
                name=f"Person {n}-{place}",
                email=f"p{n}-{place}@{tenant.slug}.example",
                roles=roles[(n + place) % len(roles)],
            )
            for n, row in enumerate(rows)
            for place in range(2)
        ],
        batch_size=2000,
    )
    survey = Survey.objects.create(key="nps", name="Relationship", kind="nps")
    invitations, answers = [], []
    for n, row in enumerate(rows):
        for place in range(ASKED):
            contact = contacts[2 * n + place % 2]
            sent = _instant(dice, on)
            asked = _invitation(survey, row, contact, sent, place)
            invitations.append(asked)
            if place < ANSWERS:
                asked.state, asked.answered_at = "answered", sent + timedelta(hours=9)
                answers.append(_response(survey, asked, dice))
    Invitation.objects.bulk_create(invitations, batch_size=2000)
    Response.objects.bulk_create(answers, batch_size=2000)
    FollowUp.objects.bulk_create(
        [_follow_up(row, dice) for row in answers], batch_size=2000
    )
    Ticket.objects.bulk_create(
        [_ticket(row, n, place, dice, on) for n, row in enumerate(rows) for place in range(2)],
        batch_size=2000,
    )  # fmt: skip


def _instant(dice, on):
    from cs_platform.lib import clock  # noqa: PLC0415

    ago = timedelta(days=dice.randrange(1, YEAR), seconds=dice.randrange(80_000))
    return clock.start_of(on, "UTC") - ago


def _invitation(survey, account, contact, sent_at, place):
    from nps.models import Invitation  # noqa: PLC0415

    return Invitation(
        survey=survey,
        account=account,
        contact=contact,
        address=contact.email,
        language="en",
        reason="start",
        occasion=f"start:{place}",
        occurred_on=sent_at.date(),
        planned_on=sent_at.date(),
        lapses_on=sent_at.date() + timedelta(days=21),
        state="bounced" if place == ASKED - 1 else "expired",
        sent_at=sent_at,
    )


def _response(survey, invitation, dice):
    from nps.models import Response  # noqa: PLC0415

    has_words = dice.random() < 0.4
    return Response(
        survey=survey,
        invitation=invitation,
        account=invitation.account,
        contact=invitation.contact,
        source="mail",
        kind="nps",
        score=dice.choices(range(11), [1, 1, 1, 1, 2, 3, 4, 8, 12, 14, 10])[0],
        comment=dice.choice(WORDS) if has_words else "",
        language=dice.choice(["en", "ru"]) if has_words else "",
        sentiment=round(dice.uniform(-1, 1), 3) if has_words else None,
        tags=[dice.choice(TAGS)] if has_words and dice.random() < 0.3 else [],
        answered_at=invitation.answered_at,
    )


def _follow_up(response, dice):
    from nps import numbers  # noqa: PLC0415
    from nps.models import FollowUp  # noqa: PLC0415

    due_at = response.answered_at + timedelta(days=1)
    replied = response.answered_at + timedelta(hours=dice.randrange(60))
    is_closed = dice.random() < 0.9
    return FollowUp(
        response=response,
        kind=numbers.kind_of(response.score),
        due_at=due_at,
        replied_at=replied if is_closed else None,
        closed_at=replied if is_closed else None,
    )


def _ticket(account, n, place, dice, on):
    from accounts.models import Ticket  # noqa: PLC0415

    solved_at = _instant(dice, on)
    return Ticket(
        external_id=f"t{n}-{place}",
        account=account,
        subject="A question",
        severity="normal",
        status="solved",
        opened_at=solved_at - timedelta(days=1),
        solved_at=solved_at,
        category=dice.choice(["Billing", "Login", "Reports", ""]),
        csat=dice.choice([None, 1, 3, 4, 5]),
    )


def _client(person):
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(person)
    return client


def _got(client, slug, path):
    answer = client.get(f"/t/{slug}/{path}")
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _paging(slug):
    """How much longer the hundredth page of the inbox takes than the first but one."""
    from tenants.models import User  # noqa: PLC0415

    client = _client(User.objects.get(email=f"lead@{slug}.example"))
    here, pages = f"/t/{slug}/{INBOX}?since=2000-01-01", []
    for _ in range(100):
        answer = client.get(here)
        here = f"/t/{slug}/{INBOX}{answer.context['next_url']}"
        pages.append(here)
    return _p95(lambda: client.get(pages[-1])) / _p95(lambda: client.get(pages[0]))


if __name__ == "__main__":
    main()
