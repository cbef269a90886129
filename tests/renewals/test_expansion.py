"""Opportunities: muted while there is trouble, worked, given to sales, won in NRR."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from importlib import import_module

import pytest
import time_machine
from django.db import connection

from accounts.models import Account, Contract, ContractChange, ExchangeRate, Span
from accounts.services import set_calendar
from renewals import services, tasks
from renewals.models import (
    ExpansionSignal,
    Opportunity,
    OpportunityMove,
    OpportunityResult,
    SalesHandover,
)
from renewals.queries.expansion import precisions
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.health import ResponseFactory
from worklist.models import Task
from worklist.services import open_alert

PAGE = "/t/acme/renewals/expansion/"
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as travel:
        yield travel


def account_of(owner=None, **fields):
    return AccountFactory(**({"owner": owner, "band": "green", "score": 90} | fields))


def signal_of(account, **fields):
    said = {"kind": "seats", "evidence": {"users": 9, "seats": 10}}
    days = {"seen_on": TODAY, "last_seen_on": TODAY}
    return ExpansionSignal.objects.create(account=account, **(said | days | fields))


def opened(account, by, **fields):
    said = {
        "kind": "add_on",
        "title": "Ten seats",
        "amount": D(1200),
        "currency": "USD",
        "owner": account.owner,
    }
    return services.open_opportunity(account, by=by, on=TODAY, **(said | fields))


def make(tenant, csm, number=1, **fields):
    with tenant_scope(tenant.pk):
        made = []
        for _ in range(number):
            account = account_of(csm)
            made.append(opened(account, csm, signal=signal_of(account), **fields))
    return made[0] if number == 1 else made


def url(opportunity, rest=""):
    return f"{PAGE}{opportunity.pk}/{rest}"


@pytest.mark.parametrize("number", [1, 3])
def test_page_query_count(lead_client, csm, tenant, number, django_assert_num_queries):
    make(tenant, csm, number)
    with tenant_scope(tenant.pk):
        for _ in range(number):
            signal_of(account_of(csm))

    with django_assert_num_queries(19):
        page = lead_client.get(PAGE)

    assert len(page.context["ready"]) == number
    assert page.context["columns"][0].count == number


def test_the_heads_count_all_pages_and_what_is_ready_comes_first(
    lead_client, csm, tenant, monkeypatch
):
    monkeypatch.setattr("renewals.views.expansion.ROWS", 2)
    with tenant_scope(tenant.pk):
        for band in ("red", "green", "amber", "green", "green"):
            signal_of(account_of(csm, band=band))

    pages = [lead_client.get(f"{PAGE}?page={n}") for n in (1, 2, 3)]

    shown = [(len(one.context["ready"]), len(one.context["muted"])) for one in pages]
    assert shown == [(2, 0), (1, 1), (0, 1)]
    assert [one.context["tally"] for one in pages] == [{"ready": 3, "muted": 2}] * 3
    for text in (one.content.decode() for one in pages):
        assert '<h2>Signals <span class="count">3</span></h2>' in text
        assert "No signs of growth" not in text


@pytest.mark.parametrize(
    ("band", "alert", "muted"),
    [
        ("green", None, ""),
        ("amber", None, "Health: Needs attention"),
        ("red", None, "Health: At risk"),
        ("unknown", None, "Health: Unknown"),
        ("green", "health_fell", "It fell"),
        ("green", "renewal.low_health", "It fell"),
        ("green", "renewal.stuck", "It fell"),
        # Something else is wrong, but not with the customer.
        ("green", "renewal.set_aside", ""),
    ],
)
def test_a_signal_is_muted_while_the_account_is_in_trouble(
    csm_client, csm, tenant, band, alert, muted
):
    with tenant_scope(tenant.pk):
        account = account_of(csm, band=band)
        signal = signal_of(account)
        if alert:
            open_alert(
                kind=alert, subject="x", title="It fell", owner=csm, account=account
            )

    page = csm_client.get(PAGE)

    shown = [*page.context["ready"], *page.context["muted"]]
    assert [row["muted"] for row in shown] == [muted]
    assert len(page.context["muted"]) == bool(muted)
    response = csm_client.post(
        f"/t/acme/accounts/{account.pk}/opportunities/?signal={signal.pk}",
        {"kind": "add_on", "title": "Seats", "amount": "1", "currency": "USD"},
    )
    assert response.status_code == (409 if muted else 302)
    with tenant_scope(tenant.pk):
        assert Opportunity.objects.count() == (0 if muted else 1)


def test_an_alert_that_is_over_mutes_nothing(csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        account = account_of(csm)
        signal_of(account)
        alert = open_alert(
            kind="health_fell", subject="x", title="x", owner=csm, account=account
        )
        alert.resolved_at = datetime(2026, 11, 21, tzinfo=UTC)
        alert.save()

    assert csm_client.get(PAGE).context["muted"] == []


def test_a_signal_makes_one_opportunity(in_tenant, csm):
    account = account_of(csm)
    signal = signal_of(account)

    first, second = (opened(account, csm, signal=signal) for _ in range(2))

    assert first.pk == second.pk
    assert Opportunity.objects.count() == 1


def test_what_is_answered_waits_no_more(csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        account = account_of(csm)
        taken, dismissed, waiting = (
            signal_of(account, kind=kind, evidence={})
            for kind in ("seats", "team", "promoter")
        )
        opened(account, csm, signal=taken)

    csm_client.post(
        f"/t/acme/renewals/signals/{dismissed.pk}/dismissal/", {"why": "no"}
    )

    rows = csm_client.get(PAGE).context["ready"]
    assert [row["signal"].pk for row in rows] == [waiting.pk]


def test_a_stage_is_kept_and_the_second_mover_is_told(csm_client, csm, tenant):
    opportunity = make(tenant, csm)

    said = {"stage": "talks", "was": "found"}
    assert csm_client.post(url(opportunity, "move/"), said).status_code == 302
    late = csm_client.post(url(opportunity, "move/"), said | {"stage": "offer"})

    assert late.status_code == 409
    with tenant_scope(tenant.pk):
        assert Opportunity.objects.get().stage == "talks"
        moves = OpportunityMove.objects.values_list("was", "stage", "by")
        assert list(moves) == [("found", "talks", csm.pk)]


def test_a_trial_wants_its_last_day_and_reminds_before_it(
    csm_client, csm, tenant, clock
):
    opportunity = make(tenant, csm)

    bad = csm_client.post(url(opportunity, "move/"), {"stage": "trial"})
    assert (bad.status_code, list(bad.context["move_form"].errors)) == (
        422,
        ["trial_ends_on"],
    )
    said = {"stage": "trial", "trial_ends_on": "2026-12-10"}
    assert csm_client.post(url(opportunity, "move/"), said).status_code == 302

    with tenant_scope(tenant.pk):
        counts = []
        for day in (6, 7, 7, 8):
            services.remind_of_trials(on=date(2026, 12, day))
            counts.append(Task.objects.count())
        assert counts == [0, 1, 1, 1]
        task = Task.objects.get()
        assert (task.owner, task.due_on, task.path) == (
            csm,
            date(2026, 12, 9),
            f"/renewals/expansion/{opportunity.pk}/",
        )
        # Another end is another reminder.
        services.move_opportunity(
            opportunity, stage="trial", trial_ends_on=date(2026, 12, 20), by=csm
        )
        services.remind_of_trials(on=date(2026, 12, 17))
        assert Task.objects.count() == 2


def test_it_is_handed_to_sales_with_words(csm_client, csm, tenant):
    opportunity = make(tenant, csm)

    response = csm_client.post(
        url(opportunity, "handover/"), {"to": "Ann of sales", "note": "Call the CFO"}
    )

    assert response.status_code == 302
    with tenant_scope(tenant.pk):
        row = SalesHandover.objects.get()
        assert (row.to, row.note, row.by) == ("Ann of sales", "Call the CFO", csm)
        assert Opportunity.objects.get().stage == "sales"
    assert csm_client.post(url(opportunity, "handover/"), {"to": ""}).status_code == 422


def test_what_is_won_raises_the_contract_and_so_counts_in_nrr(csm_client, csm, tenant):
    opportunity = make(tenant, csm)
    with tenant_scope(tenant.pk):
        contract = ContractFactory(
            account_id=opportunity.account_id, mrr=500, starts_on=date(2026, 1, 1)
        )

    said = {
        "is_won": "yes",
        "amount": "1200",
        "contract": contract.pk,
        "effective_on": "2026-12-01",
        "changes_contract": "on",
    }
    assert csm_client.post(url(opportunity, "result/"), said).status_code == 302

    with tenant_scope(tenant.pk):
        change = ContractChange.objects.get()
        assert (change.kind, change.was_mrr, change.effective_on) == (
            "upsell",
            D(500),
            date(2026, 12, 1),
        )
        assert Contract.objects.get().mrr == D(600)
        on = [
            Span.objects.on(date(2026, m, d)).get().mrr for m, d in ((11, 30), (12, 1))
        ]
        assert on == [D(500), D(600)]
        result = OpportunityResult.objects.get()
        assert (result.is_won, result.amount, result.contract) == (
            True,
            D(1200),
            contract,
        )
        assert Opportunity.objects.get().stage == "won"
        entry = AuditEntry.objects.get(action="opportunity.decided")
        assert (entry.by, entry.after["amount"]) == (csm, "1200.00")
    again = csm_client.post(url(opportunity, "result/"), said)
    assert again.status_code == 409


def test_a_contract_that_was_changed_before_is_only_named(csm_client, csm, tenant):
    opportunity = make(tenant, csm)
    with tenant_scope(tenant.pk):
        contract = ContractFactory(account_id=opportunity.account_id, mrr=500)

    said = {"is_won": "yes", "amount": "1200", "contract": contract.pk}
    assert csm_client.post(url(opportunity, "result/"), said).status_code == 302

    with tenant_scope(tenant.pk):
        assert (Contract.objects.get().mrr, ContractChange.objects.count()) == (
            D(500),
            0,
        )
        assert OpportunityResult.objects.get().effective_on == TODAY


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"is_won": "yes"}, "amount"),
        ({"is_won": "yes", "amount": "0"}, "amount"),
        ({"is_won": "no"}, "reason"),
        ({}, "is_won"),
        ({"is_won": "yes", "amount": "9", "currency": "EUR"}, "contract"),
        (
            {"is_won": "yes", "amount": "9", "effective_on": "2025-01-01"},
            "effective_on",
        ),
    ],
)
def test_a_bad_result_is_422_at_the_field(csm_client, csm, tenant, said, field):
    opportunity = make(tenant, csm)
    with tenant_scope(tenant.pk):
        contract = ContractFactory(
            account_id=opportunity.account_id, currency=said.pop("currency", "USD")
        )
    more = {"contract": contract.pk, "changes_contract": "on"}

    response = csm_client.post(url(opportunity, "result/"), said | more)

    assert response.status_code == 422
    assert list(response.context["result_form"].errors) == [field]
    with tenant_scope(tenant.pk):
        assert (OpportunityResult.objects.count(), ContractChange.objects.count()) == (
            0,
            0,
        )


def test_the_precision_of_each_signal_by_hand(in_tenant, csm):
    """Seats: six found; one waits, one was dismissed, one is in work, two were won and
    one was not: 2 of 4. Team: nothing answered."""
    rows = [signal_of(account_of(csm)) for _ in range(6)]
    signal_of(account_of(csm), kind="team")
    services.dismiss_signal(rows[1], by=csm)
    deals = [opened(row.account, csm, signal=row) for row in rows[2:]]
    for deal in deals[1:3]:
        services.close_opportunity(deal, is_won=True, amount=D(5), by=csm, on=TODAY)
    services.close_opportunity(deals[3], is_won=False, reason="price", by=csm, on=TODAY)
    opened(account_of(csm), csm)

    found = {
        one.kind and str(one.kind): one for one in precisions(member(in_tenant, csm))
    }

    seats = found["seats"]
    assert (seats.found, seats.waiting, seats.dismissed, seats.open) == (6, 1, 1, 1)
    assert (seats.won, seats.lost, seats.precision) == (2, 1, D("0.5"))
    assert (found["team"].found, found["team"].precision) == (1, None)
    assert (found[None].found, found[None].open) == (1, 1)


def member(tenant, user):
    return tenant.memberships.get(user=user)


def test_the_board_adds_up_at_the_days_rates(lead_client, csm, tenant):
    with tenant_scope(tenant.pk):
        ExchangeRate.objects.create(currency="EUR", rate=2, valid_from="2026-01-01")
    for currency in ("USD", "EUR", "GBP"):
        make(tenant, csm, currency=currency)

    column = lead_client.get(PAGE).context["columns"][0]

    assert (column.count, column.sums) == (3, {"USD": 1200 + 2400, "GBP": 1200})


def test_news_are_written_down_on_the_account(csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        account = account_of(csm)

    address = f"/t/acme/accounts/{account.pk}/signals/"
    csm_client.post(address, {"kind": "news", "words": "They raised a round"})
    csm_client.post(address, {"kind": "seats", "words": "x"})

    with tenant_scope(tenant.pk):
        row = ExpansionSignal.objects.get()
        assert (row.kind, row.words, row.by, row.seen_on) == (
            "news",
            "They raised a round",
            csm,
            TODAY,
        )
    panel = csm_client.get(f"/t/acme/accounts/{account.pk}/expansion/")
    assert [row["evidence"] for row in panel.context["signals"]] == [
        "They raised a round"
    ]


@pytest.mark.parametrize("signal", ["x", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"])
def test_an_unreadable_signal_is_none(csm_client, csm, tenant, signal):
    with tenant_scope(tenant.pk):
        account = account_of(csm)

    address = f"/t/acme/accounts/{account.pk}/opportunities/?signal={signal}"
    page = csm_client.get(address)

    assert (page.status_code, page.context["signal"]) == (200, None)


def test_a_drop_on_a_column_moves_or_asks(csm_client, csm, tenant):
    opportunity = make(tenant, csm)

    moved = csm_client.post(url(opportunity, "stage/?was=found"), {"stage": "talks"})
    asked = csm_client.post(url(opportunity, "stage/?was=talks"), {"stage": "won"})
    stale = csm_client.post(url(opportunity, "stage/?was=found"), {"stage": "offer"})

    assert (moved["HX-Redirect"], asked["HX-Redirect"]) == (
        PAGE,
        url(opportunity) + "#result",
    )
    assert stale.status_code == 409
    with tenant_scope(tenant.pk):
        assert Opportunity.objects.get().stage == "talks"


def test_who_may_work_on_expansion(
    csm_client, viewer_client, stranger_client, lead_client, lead, csm, tenant
):
    with tenant_scope(tenant.pk):
        account = account_of(lead)
        signal = signal_of(account)
        theirs = opened(account, lead, owner=lead)
    posts = {
        url(theirs, "move/"): {"stage": "talks"},
        url(theirs, "stage/"): {"stage": "talks"},
        url(theirs, "handover/"): {"to": "x"},
        url(theirs, "result/"): {"is_won": "no", "reason": "price"},
        f"/t/acme/renewals/signals/{signal.pk}/dismissal/": {},
        f"/t/acme/accounts/{account.pk}/signals/": {"kind": "news", "words": "x"},
        f"/t/acme/accounts/{account.pk}/opportunities/": {"title": "x"},
    }

    for client in (csm_client, viewer_client, stranger_client):
        answers = {client.post(path, said).status_code for path, said in posts.items()}
        assert answers == {404}
    for client in (csm_client, viewer_client):
        assert client.get(url(theirs)).status_code == 200
    for path in (PAGE, PAGE + "precision/", url(theirs)):
        assert stranger_client.get(path).status_code == 404
    with tenant_scope(tenant.pk):
        assert Opportunity.objects.get().stage == "found"
        assert ExpansionSignal.objects.get().dismissed_at is None
    assert lead_client.post(url(theirs, "move/"), {"stage": "talks"}).status_code == 302


def test_an_archived_account_still_counts_in_precision(in_tenant, csm):
    signal_of(account_of(csm))
    Account.objects.update(archived_at=datetime(2026, 1, 1, tzinfo=UTC))

    found = {
        one.kind and str(one.kind): one for one in precisions(member(in_tenant, csm))
    }

    assert found["seats"].found == 1


def test_trials_end_on_their_own_day(in_tenant, csm):
    account = account_of(csm)
    deal = opened(account, csm)
    services.move_opportunity(
        deal, stage="trial", trial_ends_on=TODAY - timedelta(days=2), by=csm
    )

    services.remind_of_trials(on=TODAY)

    # Late, but said: due today.
    assert Task.objects.get().due_on == TODAY


def test_what_was_decided_long_ago_leaves_the_board(lead_client, csm, tenant):
    deals = make(tenant, csm, 3)
    with tenant_scope(tenant.pk):
        for deal, ago in zip(deals[:2], (89, 90), strict=True):
            services.close_opportunity(
                deal, is_won=True, amount=D(1), by=csm, on=TODAY - timedelta(days=ago)
            )

    columns = {c.stage: c for c in lead_client.get(PAGE).context["columns"]}

    assert [row.pk for row in columns["won"].cards] == [deals[0].pk]
    assert (columns["won"].count, columns["found"].count) == (1, 1)


def test_the_worker_looks_for_growth_and_trials(tenant, csm):
    deal = make(tenant, csm)
    with tenant_scope(tenant.pk):
        services.move_opportunity(deal, stage="trial", trial_ends_on=TODAY, by=csm)
        account = account_of(csm)
        ResponseFactory(
            account=account, score=10, answered_at=datetime(2026, 11, 1, tzinfo=UTC)
        )

    tasks.look_for_growth(tenant_id=tenant.pk)

    with tenant_scope(tenant.pk):
        assert Task.objects.count() == 1
        assert ExpansionSignal.objects.filter(account=account).get().kind == "promoter"


def test_an_opportunity_follows_its_account_unless_it_was_given_to_somebody(
    in_tenant, csm, lead, ops
):
    account = account_of(csm)
    followed = opened(account, csm)
    given = opened(account, csm, owner=ops)
    won = opened(account, csm)
    services.close_opportunity(won, is_won=False, reason="price", by=csm, on=TODAY)

    Account.objects.update(owner=lead)
    services.sync_renewals(on=TODAY)
    services.sync_renewals(on=TODAY)

    rows = [Opportunity.objects.get(pk=one.pk).owner for one in (followed, given, won)]
    assert rows == [lead, ops, csm]
    Account.objects.update(owner=None)
    services.sync_renewals(on=TODAY)
    assert Opportunity.objects.get(pk=followed.pk).owner is None


def test_signals_go_on_on_another_page(lead_client, csm, tenant, monkeypatch):
    monkeypatch.setattr("renewals.views.expansion.ROWS", 2)
    with tenant_scope(tenant.pk):
        made = [signal_of(account_of(csm)).pk for _ in range(3)]

    pages = [lead_client.get(f"{PAGE}?page={n}") for n in (1, 2)]

    shown = [[row["signal"].pk for row in page.context["ready"]] for page in pages]
    assert [len(rows) for rows in shown] == [2, 1]
    assert sorted(shown[0] + shown[1]) == sorted(made)
    assert 'rel="next" href="?page=2"' in pages[0].content.decode()


def test_opportunities_opened_before_they_could_follow_do_so(in_tenant, csm, lead, ops):
    account = account_of(csm)
    owned = opened(account, csm)
    given = opened(account, csm, owner=ops)
    lost = opened(account, csm)
    services.close_opportunity(lost, is_won=False, reason="price", by=csm, on=TODAY)
    Opportunity.objects.update(follows_account=False)
    name = "renewals.migrations.0014_let_earlier_opportunities_follow"

    with connection.cursor() as cursor:
        cursor.execute(import_module(name).FILL)
    Account.objects.update(owner=lead)
    services.sync_renewals(on=TODAY)

    found = [Opportunity.objects.get(pk=one.pk) for one in (owned, given, lost)]
    assert [one.follows_account for one in found] == [True, False, False]
    assert [one.owner for one in found] == [lead, ops, csm]


def edited(page, **changes):
    form = page.context["form"]
    said = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in said.items()} | (
        changes
    )


def test_an_open_opportunity_is_put_right(csm_client, tenant, csm, ops):
    made = make(tenant, csm)
    page = csm_client.get(url(made, "edit/"))

    said = edited(page, amount="900", owner=ops.pk)
    response = csm_client.post(url(made, "edit/"), said)

    assert response.status_code == 302
    with tenant_scope(tenant.pk):
        row = Opportunity.objects.get()
        found = (row.amount, row.owner, row.follows_account, row.title)
        assert found == (D(900), ops, False, "Ten seats")
        entry = AuditEntry.objects.get(action="opportunity.changed")
        assert (entry.before["amount"], entry.after["amount"]) == ("1200.00", "900")
    again = csm_client.get(url(made, "edit/"))
    assert csm_client.post(url(made, "edit/"), edited(again, owner="")).status_code == (
        302
    )
    with tenant_scope(tenant.pk):
        row = Opportunity.objects.get()
        assert (row.owner, row.follows_account) == (csm, True)


def test_of_two_who_put_it_right_the_second_is_told(csm_client, tenant, csm, clock):
    made = make(tenant, csm)
    page = csm_client.get(url(made, "edit/"))
    clock.shift(60)

    first = csm_client.post(url(made, "edit/"), edited(page, amount="900"))
    second = csm_client.post(url(made, "edit/"), edited(page, title="Twenty seats"))

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Somebody else has changed it meanwhile" in second.content.decode()
    with tenant_scope(tenant.pk):
        row = Opportunity.objects.get()
        assert (row.amount, row.title) == (D(900), "Ten seats")


def test_who_may_put_it_right(
    csm_client, viewer_client, stranger_client, tenant, csm, lead
):
    theirs = make(tenant, lead)
    decided = make(tenant, csm)
    with tenant_scope(tenant.pk):
        services.close_opportunity(
            decided, is_won=False, reason="price", by=csm, on=TODAY
        )

    assert csm_client.get(url(theirs, "edit/")).status_code == 404
    assert viewer_client.get(url(theirs, "edit/")).status_code == 404
    assert stranger_client.get(url(theirs, "edit/")).status_code == 404
    page = csm_client.get(url(decided, "edit/"))
    said = edited(page, title="Other")
    assert csm_client.post(url(decided, "edit/"), said).status_code == 409


def test_a_trial_that_ends_in_a_dead_month_gives_a_warning(csm_client, tenant, csm):
    made = make(tenant, csm)
    with tenant_scope(tenant.pk):
        set_calendar(dead_months=[7, 8])

    page = csm_client.get(url(made)).content.decode()
    said = {"stage": "trial", "trial_ends_on": "2027-07-05"}
    after = csm_client.post(url(made, "move/"), said, follow=True).content.decode()

    assert page.count('hx-get="/t/acme/calendar/day/"') == 1
    assert "5 Jul 2027 is in July, a dead month here." in after


BEHIND = f"{PAGE}precision/behind/"


@pytest.fixture
def answered(tenant, csm):
    """Of seats: two wait, one is dismissed, one in work, one won; and an idea."""
    with tenant_scope(tenant.pk):
        for _ in range(2):
            signal_of(account_of(csm))
        services.dismiss_signal(signal_of(account_of(csm)), by=csm, why="Leavers")
        account = account_of(csm)
        opened(account, csm, signal=signal_of(account))
        won_by = account_of(csm)
        won = opened(won_by, csm, signal=signal_of(won_by))
        services.close_opportunity(won, is_won=True, amount=D(900), by=csm, on=TODAY)
        opened(won_by, csm, title="An idea")
        Account.objects.filter(pk=won_by.pk).update(archived_at=datetime.now(UTC))


def test_each_count_of_precision_opens_what_it_is_made_of(lead_client, answered):
    page = lead_client.get(f"{PAGE}precision/")

    rows = {str(row["word"]): row["counts"] for row in page.context["rows"]}
    seats = [count for _word, count, _url in rows["Seats run out"]]
    assert seats == [5, 2, 1, 1, 1, 0]
    for counts in rows.values():
        opened = [lead_client.get(url).context["rows"] for _, _, url in counts]
        assert [len(rows) for rows in opened] == [count for _, count, _ in counts]
    text = lead_client.get(f"{BEHIND}?signal=seats").content.decode()
    assert text.count("Leavers") == text.count("Won</td>") == 1
    assert text.count("nothing yet") == 2
    assert len(lead_client.get(BEHIND).context["rows"]) == 5


@pytest.mark.parametrize("asked", ["?signal=x", "?signal=seats&state=x"])
def test_what_is_behind_no_count_is_not_there(lead_client, tenant, asked):
    assert lead_client.get(BEHIND + asked).status_code == 404


def test_a_closed_portfolio_counts_and_opens_own_signals_only(
    csm_client, csm, lead, tenant
):
    with tenant_scope(tenant.pk):
        mine = signal_of(account_of(csm))
        signal_of(account_of(lead))
    tenant.is_portfolio_closed = True
    tenant.save()

    page = csm_client.get(f"{BEHIND}?signal=seats")

    assert [row["account"] for row in page.context["rows"]] == [mine.account]


@pytest.mark.parametrize("number", [1, 3])
def test_behind_precision_query_count(
    lead_client, csm, tenant, number, django_assert_num_queries
):
    make(tenant, csm, number)

    with django_assert_num_queries(13):
        page = lead_client.get(f"{BEHIND}?signal=seats")

    assert len(page.context["rows"]) == number
