"""The page of a contract, and what people do there."""

from datetime import date, timedelta

import plotly.graph_objects as go
import pytest

from accounts import charts, services
from accounts.models import Contract, ContractChange, ContractPause, Credit
from accounts.queries import life, today
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory

DAY = timedelta(days=1)


@pytest.fixture
def contract(tenant, csm):
    with tenant_scope(tenant.pk):
        start = today() - 100 * DAY
        account = AccountFactory(owner=csm)
        return ContractFactory(
            account=account, mrr=100, starts_on=start, ends_on=start + 365 * DAY
        )


def page(contract, more=""):
    return f"/t/acme/contracts/{contract.pk}/{more}"


def test_the_page_shows_terms_price_and_history(csm_client, tenant, contract, csm):
    with tenant_scope(tenant.pk):
        on = contract.starts_on + 30 * DAY
        services.change_contract(
            contract, effective_on=on, mrr=150, seats=12, reason="They grew", by=csm
        )
        services.pause_contract(contract, starts_on=today() - DAY, by=csm)

    text = csm_client.get(page(contract)).content.decode()

    for words in ("Upsell", "They grew", "10 seats → 12 seats", "paused", "Take back"):
        assert words in text


DEEDS = [
    ("change", {"effective_on": 10, "mrr": "150"}, (ContractChange, 1)),
    ("pause", {"starts_on": 10, "resumes_on": 20}, (ContractPause, 1)),
    ("credit", {"on": 10, "amount": "40"}, (Credit, 1)),
    ("renewal", {"starts_on": 200, "ends_on": 600, "mrr": "1"}, (ContractChange, 1)),
]


def said(contract, fields):
    return {
        name: (contract.starts_on + value * DAY).isoformat()
        if isinstance(value, int)
        else value
        for name, value in fields.items()
    }


@pytest.mark.parametrize(("deed", "fields", "made"), DEEDS)
def test_a_deed_is_asked_and_done(csm_client, tenant, contract, deed, fields, made):
    url = page(contract, f"do/{deed}/")
    asked = csm_client.get(url)
    done = csm_client.post(url, said(contract, fields))

    model, count = made
    assert (asked.status_code, done.status_code) == (200, 302)
    with tenant_scope(tenant.pk):
        assert model.objects.filter(by__isnull=False).count() == count


@pytest.mark.parametrize(
    ("deed", "fields", "sentence"),
    [
        ("change", {"effective_on": 0, "mrr": "1"}, "Later than the first day"),
        ("change", {"effective_on": 9, "mrr": "100", "seats": "10", "plan": "Pro"},
         "Say what changes"),
        ("pause", {"starts_on": 400}, "The contract ends on"),
        ("resumption", {"on": 5}, "No pause runs"),
        ("notice", {"on": 364}, "Not later than today"),
        ("renewal", {"starts_on": 200, "ends_on": 300, "mrr": "1"}, "Later than the end"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_the_form(
    csm_client, contract, deed, fields, sentence
):
    answer = csm_client.post(page(contract, f"do/{deed}/"), said(contract, fields))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_notice_is_given_and_taken_back(csm_client, tenant, contract):
    csm_client.post(page(contract, "do/notice/"), said(contract, {"on": 50}))
    with tenant_scope(tenant.pk):
        contract.refresh_from_db()
        given = contract.notice_given_on
    shown = csm_client.get(page(contract)).content.decode()
    csm_client.post(page(contract, f"entries/notice/{contract.pk}/removal/"))

    assert given == contract.starts_on + 50 * DAY
    assert "The customer gave notice" in shown
    with tenant_scope(tenant.pk):
        contract.refresh_from_db()
    assert contract.notice_given_on is None


def test_several_contracts_are_lined_up(csm_client, tenant, contract):
    with tenant_scope(tenant.pk):
        other = ContractFactory(
            account=contract.account, starts_on=contract.starts_on, ends_on=None
        )
    end = contract.ends_on.isoformat()
    body = {"contracts": [contract.pk, other.pk], "ends_on": end}

    answer = csm_client.post(page(contract, "do/line-up/"), body)

    assert answer.status_code == 302
    with tenant_scope(tenant.pk):
        other.refresh_from_db()
    assert other.ends_on == contract.ends_on


def test_a_mistake_is_taken_back(csm_client, tenant, contract, csm):
    with tenant_scope(tenant.pk):
        change = services.change_contract(
            contract, effective_on=contract.starts_on + DAY, mrr=150, by=csm
        )

    url = page(contract, f"entries/change/{change.pk}/removal/")
    answer = csm_client.post(url, headers={"HX-Request": "true"})

    assert "contract-saved" in answer["HX-Trigger"]
    with tenant_scope(tenant.pk):
        assert Contract.objects.get().mrr == 100


def test_who_may_only_look_does_nothing(viewer_client, contract):
    shown = viewer_client.get(page(contract))
    done = viewer_client.get(page(contract, "do/change/"))

    assert (shown.status_code, done.status_code) == (200, 404)
    assert "Take back" not in shown.content.decode()


def test_a_contract_of_an_account_one_may_not_see_is_not_there(
    sign_in, tenant, contract, lead_client
):
    other = sign_in(contract.account.owner.__class__.objects.create_user("c@x.example"))

    assert other.get(page(contract)).status_code == 404
    assert lead_client.get(page(contract)).status_code == 200


def test_in_a_closed_portfolio_a_colleagues_contract_is_not_there(
    csm_client, tenant, contract
):
    tenant.is_portfolio_closed = True
    tenant.save()
    with tenant_scope(tenant.pk):
        theirs = ContractFactory()

    assert csm_client.get(page(theirs)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_long_history_costs_the_same(
    csm_client, tenant, contract, count, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for n in range(1, count + 1):
            day = contract.starts_on + n * DAY
            services.change_contract(contract, effective_on=day, mrr=100 + n)

    with django_assert_num_queries(17):
        csm_client.get(page(contract))


def test_the_figure_is_drawn_up_to_today_and_dotted_on(in_tenant):
    first, on, last = date(2026, 1, 1), date(2026, 6, 1), date(2027, 1, 1)
    contract = ContractFactory(starts_on=first, ends_on=last, mrr=100)
    services.change_contract(contract, effective_on=date(2026, 9, 1), mrr=120)
    services.pause_contract(
        contract, starts_on=date(2026, 3, 1), resumes_on=date(2026, 4, 1)
    )

    found = life(Contract.objects.get(), on=on)
    figure = charts.terms(found.prices, on=on, until=found.until)

    go.Figure(figure)
    known, ahead = figure["data"]
    assert list(zip(known["x"], known["y"], strict=True)) == [
        ("2026-01-01", 100),
        ("2026-03-01", 0),
        ("2026-04-01", 100),
        ("2026-06-01", 100),
    ]
    assert list(zip(ahead["x"], ahead["y"], strict=True)) == [
        ("2026-06-01", 100),
        ("2026-09-01", 120),
        ("2027-01-01", 120),
    ]


@pytest.mark.parametrize("is_own_page", [True, False])
def test_a_contract_deleted_on_its_own_page_leads_to_the_account(
    csm_client, tenant, contract, is_own_page
):
    card = f"/t/acme/accounts/{contract.account_id}/"
    url = f"{card}facts/contract/{contract.pk}/removal/"
    here = page(contract) if is_own_page else card
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}?a=1"}

    answer = csm_client.post(url, headers=headers)

    assert answer.get("HX-Redirect") == (card if is_own_page else None)
    assert ("contract-saved" in answer.get("HX-Trigger", "")) == (not is_own_page)
    with tenant_scope(tenant.pk):
        assert Contract.objects.count() == 0
