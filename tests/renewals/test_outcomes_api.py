"""Outcomes and offers, for programs."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from renewals import services
from renewals.models import Explanation, Outcome, Renewal
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of
from tests.renewals.paper import pdf_text, word_text

OUTCOMES, OFFERS = "/api/v1/outcomes/", "/api/v1/offers/"
END = date(2026, 12, 31)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


@pytest.fixture
def renewal(tenant, csm):
    with tenant_scope(tenant.pk):
        made = renewal_of(ends_on=END, owner=csm, name="Nova", mrr=1000)
        return Renewal.objects.select_related("account", "contract").get(pk=made.pk)


def lost(renewal, **more):
    said = {"renewal": str(renewal.pk), "result": "lost", "reason": "features"}
    return said | {"which": ["1C", "Export"], "detail": "No 1C"} | more


def test_a_loss_is_told_with_both_levels(api, tenant, renewal):
    answer = api.post(OUTCOMES, lost(renewal), format="json")

    assert answer.status_code == 201
    shown = api.get(f"{OUTCOMES}{answer.json()['id']}/").json()
    del shown["id"]
    assert shown == {
        "renewal": str(renewal.pk),
        "account": renewal.account.external_id,
        "result": "lost",
        "kind": "lost",
        "was_amount": "12000.00",
        "amount": None,
        "currency": "USD",
        "seats": None,
        "starts_on": None,
        "ends_on": None,
        "reason": "features",
        "which": ["1C", "Export"],
        "detail": "No 1C",
        "decided_on": "2026-11-22",
        "decided_by": None,
    }
    with tenant_scope(tenant.pk):
        assert AuditEntry.objects.get(action="renewal.decided").by_key is not None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"which": []}, "which"),
        ({"reason": ""}, "reason"),
        ({"reason": "price", "detail": ""}, "detail"),
        ({"result": "renewed"}, "amount"),
        ({"result": "renewed", "amount": "1", "kind": "renewed"}, "amount"),
        ({"result": "renewed", "amount": "1", "kind": "lost"}, "kind"),
        ({"kind": "renewed"}, "kind"),
        ({"renewal": "00000000-0000-7000-8000-000000000000"}, "renewal"),
        (
            {"result": "renewed", "amount": "12000", "writes_contract": True},
            "ends_on",
        ),
    ],
)
def test_a_bad_outcome_is_refused_at_its_field(api, tenant, renewal, said, field):
    answer = api.post(OUTCOMES, lost(renewal) | said, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    with tenant_scope(tenant.pk):
        assert Outcome.objects.count() == 0


def test_the_second_outcome_is_a_conflict(api, renewal):
    api.post(OUTCOMES, lost(renewal), format="json")

    assert api.post(OUTCOMES, lost(renewal), format="json").status_code == 409


def test_a_reason_is_corrected_and_the_first_kept(api, tenant, renewal):
    made = api.post(OUTCOMES, lost(renewal), format="json").json()

    answer = api.patch(
        f"{OUTCOMES}{made['id']}/",
        {"reason": "competitor", "which": ["Rival"], "detail": "Rival has 1C"},
        format="json",
    )

    assert (answer.status_code, answer.json()["which"]) == (200, ["Rival"])
    with tenant_scope(tenant.pk):
        said = Explanation.objects.order_by("created_at").values_list("reason")
        assert sorted(said) == [("competitor",), ("features",)]


def test_a_reason_corrected_meanwhile_is_a_conflict(api, renewal, monkeypatch):
    made = api.post(OUTCOMES, lost(renewal), format="json").json()
    said = {"reason": "competitor", "which": ["Rival"], "detail": "Rival has 1C"}

    def late(*args, **kwargs):
        raise services.StaleExplanation

    monkeypatch.setattr(services, "correct_reason", late)

    answer = api.patch(f"{OUTCOMES}{made['id']}/", said, format="json")

    assert answer.status_code == 409


def test_what_was_not_lost_has_no_reason_to_correct(api, renewal):
    said = {"renewal": str(renewal.pk), "result": "renewed", "amount": "12000"}
    made = api.post(OUTCOMES, said, format="json").json()

    answer = api.patch(
        f"{OUTCOMES}{made['id']}/", {"reason": "price", "detail": "x"}, format="json"
    )

    assert answer.status_code == 409


def test_a_reading_key_records_nothing(reading_api, strangers_api, renewal):
    assert reading_api.post(OUTCOMES, lost(renewal), format="json").status_code == 403
    foreign = strangers_api.post(OUTCOMES, lost(renewal), format="json")
    assert list(foreign.json()["errors"]) == ["renewal"]


@pytest.mark.parametrize("number", [1, 3])
def test_outcomes_query_count(api, tenant, csm, number, django_assert_num_queries):
    with tenant_scope(tenant.pk):
        for _ in range(number):
            services.close_renewal(
                renewal_of(ends_on=END), by=csm, on=TODAY, result="lost",
                reason="competitor", which=("Rival",), detail="x",
            )  # fmt: skip
    api.get(OUTCOMES)

    with django_assert_num_queries(11):
        rows = api.get(OUTCOMES + "?kind=lost").json()["results"]

    assert [row["which"] for row in rows] == [["Rival"]] * number


@pytest.fixture
def offer(tenant, renewal, csm):
    with tenant_scope(tenant.pk):
        draft = services.draft_offer(renewal, by=csm, on=TODAY)
        return services.send_offer(draft, revision=1, by=csm, on=TODAY)


def test_an_offer_tells_its_lines_and_sums(api, offer):
    (row,) = api.get(OFFERS + "?state=sent").json()["results"]

    assert (row["amount"], row["total"], row["version"]) == ("12000.00", "12000.00", 1)
    assert row["lines"] == [
        {
            "title": "Pro",
            "note": "",
            "period": "monthly",
            "quantity": "10.00",
            "price": "100.00",
            "uplift": "0.00",
            "discount": "0.00",
            "amount": "1000.00",
        }
    ]
    assert Decimal(row["lines"][0]["amount"]) * 12 == Decimal(row["amount"])


def test_the_files_of_an_offer_are_downloaded(api, strangers_api, offer):
    pdf, docx = (api.get(f"{OFFERS}{offer.pk}/{kind}/") for kind in ("pdf", "docx"))

    assert "$12,000.00" in pdf_text(pdf.content)
    assert "$12,000.00" in word_text(docx.content)
    assert strangers_api.get(f"{OFFERS}{offer.pk}/pdf/").status_code == 404
    assert strangers_api.get(f"{OFFERS}{offer.pk}/").status_code == 404
