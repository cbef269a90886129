"""Reports over REST."""

import pytest

from qbr.models import Report
from qbr.services import making, reporting
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.qbr.report_world import ON, review_of


@pytest.fixture
def review(tenant):
    with tenant_scope(tenant.pk):
        return review_of(AccountFactory(external_id="north"))


def test_a_program_makes_a_report_and_reads_its_files(api, review, tenant):
    made = api.post("/api/v1/reports/", {"review": str(review.pk)}, format="json")
    early = api.get(f"/api/v1/reports/{made.data['id']}/pdf/")
    making.make_reports(tenant.pk, seconds=30)
    report = api.get(f"/api/v1/reports/{made.data['id']}/")
    pdf = api.get(f"/api/v1/reports/{made.data['id']}/pdf/")
    pptx = api.get(f"/api/v1/reports/{made.data['id']}/pptx/")

    assert (made.status_code, made.data["state"], made.data["account"]) == (
        201,
        "waiting",
        "north",
    )
    assert (early.status_code, early.data["code"]) == (503, "unavailable")
    assert (report.data["state"], report.data["error"]) == ("ready", "")
    assert (pdf.content[:5], pptx.content[:2]) == (b"%PDF-", b"PK")


def test_its_figures_are_told_with_their_definitions(api, review, tenant):
    with tenant_scope(tenant.pk):
        reporting.draft_report(review, by=None, on=ON)

    listed = api.get("/api/v1/reports/?account=north")

    (report,) = listed.data["results"]
    assert report["figures"][1] == {
        "key": "kept_theirs",
        "value": None,
        "previous": None,
        "unit": "count",
        "rows": 0,
        "of": 0,
        "label": "Kept by you",
        "definition": (
            "What you promised last time, or still owed from before, and have done; of"
            " all that was not dropped."
        ),
    }


def test_asked_for_again_it_is_made_again(api, review, tenant):
    with tenant_scope(tenant.pk):
        report = reporting.draft_report(review, by=None, on=ON)
    making.make_reports(tenant.pk, seconds=30)

    answer = api.post(f"/api/v1/reports/{report.pk}/files/")

    assert (answer.status_code, answer.data["state"]) == (202, "waiting")


def test_a_report_of_another_workspace_is_not_there(api, other_tenant):
    with tenant_scope(other_tenant.pk):
        review = review_of(AccountFactory())
        report = reporting.draft_report(review, by=None, on=ON)

    answers = [
        api.get(f"/api/v1/reports/{report.pk}/").status_code,
        api.get(f"/api/v1/reports/{report.pk}/pdf/").status_code,
        api.post(
            "/api/v1/reports/", {"review": str(review.pk)}, format="json"
        ).status_code,
    ]

    assert answers == [404, 404, 404]
    with tenant_scope(other_tenant.pk):
        assert Report.objects.count() == 1
