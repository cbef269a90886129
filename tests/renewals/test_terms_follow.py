"""What an outcome does to the contract, and that billing may say the same."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import Contract, ContractChange, Span
from accounts.services import CONTRACTS, change_contract, save_item
from renewals import services
from renewals.models import Outcome, Renewal
from renewals.services import Decision
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of

END = date(2026, 12, 31)
TODAY = date(2026, 11, 22)
NEXT = date(2027, 12, 31)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


@pytest.fixture
def renewal(in_tenant, csm):
    return renewal_of(ends_on=END, owner=csm, name="Nova", mrr=1000, seats=10)


def upsell(**more):
    said = {"amount": Decimal(18_000), "seats": 15, "ends_on": NEXT}
    said |= {"kind": "renewed_upsell", "writes_contract": True} | more
    return Decision("renewed", **said)


def terms(renewal):
    row = Contract.objects.get(pk=renewal.contract_id)
    return row.mrr, row.seats, row.ends_on


def spans(renewal):
    rows = Span.objects.filter(contract=renewal.contract_id).order_by("starts_on")
    return list(rows.values_list("starts_on", "ends_on", "mrr", "seats"))


def test_the_contract_takes_over_the_new_term_when_asked_to(renewal, csm):
    services.close_renewal(renewal, decision=upsell(), by=csm, on=TODAY)

    assert terms(renewal) == (1500, 15, NEXT)
    assert spans(renewal)[-2:] == [
        (date(2025, 12, 31), END, 1000, 10),
        (END, NEXT, 1500, 15),
    ]


def test_the_contract_stays_as_it_is_when_billing_tells_it(renewal, csm):
    decision = upsell(writes_contract=False)

    services.close_renewal(renewal, decision=decision, by=csm, on=TODAY)

    assert terms(renewal) == (1000, 10, END)


def test_an_early_renewal_begins_before_the_old_end(renewal, csm):
    start = date(2026, 12, 1)

    services.close_renewal(renewal, decision=upsell(starts_on=start), by=csm, on=TODAY)

    assert spans(renewal)[-2:] == [
        (date(2025, 12, 31), start, 1000, 10),
        (start, NEXT, 1500, 15),
    ]


@pytest.mark.parametrize("writes", [True, False])
def test_billing_that_says_the_same_doubles_nothing(renewal, csm, writes):
    services.close_renewal(
        renewal, decision=upsell(writes_contract=writes), by=csm, on=TODAY
    )
    said = {
        "external_id": renewal.contract.external_id,
        "account": renewal.account.external_id,
        "ends_on": NEXT.isoformat(),
        "mrr": "1500.00",
        "seats": 15,
        "effective_on": END.isoformat(),
    }

    # With the end first, as the change lies beyond the old one.
    save_item(CONTRACTS, said | {"effective_on": None, "mrr": None, "seats": None})
    for _ in range(2):
        save_item(CONTRACTS, said)
        services.sync_renewals(on=TODAY)

    assert terms(renewal) == (1500, 15, NEXT)
    assert ContractChange.objects.count() == 1
    assert Outcome.objects.count() == 1
    ends = Renewal.objects.order_by("ends_on").values_list("ends_on", "stage", "amount")
    assert list(ends) == [(END, "renewed", 12_000), (NEXT, "upcoming", 18_000)]


def test_a_contract_that_refuses_leaves_nothing_recorded(renewal, csm):
    change_contract(renewal.contract, effective_on=date(2026, 12, 1), mrr=Decimal(1))
    decision = upsell(starts_on=date(2026, 12, 1))

    with pytest.raises(ValidationError):
        services.close_renewal(renewal, decision=decision, by=csm, on=TODAY)

    assert Outcome.objects.count() == 0
    assert Renewal.objects.get(pk=renewal.pk).is_open


def test_the_page_tells_what_the_contract_refuses(csm_client, tenant, renewal, csm):
    change_contract(renewal.contract, effective_on=date(2026, 12, 1), mrr=Decimal(1))

    answer = csm_client.post(
        f"/t/acme/renewals/{renewal.pk}/outcome/",
        {
            "result": "renewed",
            "amount": "12000",
            "starts_on": "2026-12-01",
            "ends_on": "2027-12-31",
            "writes_contract": "on",
        },
    )

    assert answer.status_code == 422
    assert answer.context["outcome_form"].non_field_errors() == [
        "The terms change on this day already."
    ]
    with tenant_scope(tenant.pk):
        assert Outcome.objects.count() == 0


def test_to_write_the_contract_one_says_until_when(csm_client, renewal):
    answer = csm_client.post(
        f"/t/acme/renewals/{renewal.pk}/outcome/",
        {"result": "renewed", "amount": "12000", "writes_contract": "on"},
    )

    assert list(answer.context["outcome_form"].errors) == ["ends_on"]


@pytest.mark.parametrize(("auto_renew", "given"), [(True, TODAY), (False, None)])
def test_a_lost_contract_does_not_renew_by_itself(in_tenant, csm, auto_renew, given):
    renewal = renewal_of(ends_on=END, owner=csm, auto_renew=auto_renew)

    services.close_renewal(
        renewal, result="lost", reason="price", detail="Dear", by=csm, on=TODAY
    )

    assert Contract.objects.get().notice_given_on == given
    assert terms(renewal) == (1000, 10, END)
