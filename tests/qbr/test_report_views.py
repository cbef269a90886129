"""The pages of a report: who may see and change it, and what they say."""

import re

import pytest
import time_machine
from django.urls import reverse

from qbr.models import Report
from qbr.services import hold_review, linking, making, reporting
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.health import ResponseFactory
from tests.factories.tenants import MembershipFactory
from tests.qbr.report_world import AT, ON, review_of


@pytest.fixture
def report(tenant, csm):
    with tenant_scope(tenant.pk):
        review = review_of(AccountFactory(name="Northwind", owner=csm))
        return reporting.draft_report(review, by=csm, on=ON)


def made(report):
    making.make_reports(report.tenant_id, seconds=30)
    return report


def path(name, *args):
    # Inside the workspace's own addresses.
    return "/t/acme" + reverse(name, args=args, urlconf="cs_platform.workspace_urls")


def addresses(report):
    return [
        path(f"reports:{name}", report.pk)
        for name in ("detail", "presentation", "changes", "progress")
    ]


def test_members_see_it_and_strangers_do_not(
    report, csm_client, viewer_client, sign_in, stranger
):
    made(report)
    for address in addresses(report):
        assert csm_client.get(address).status_code == 200
        assert viewer_client.get(address).status_code == 200
        assert sign_in(stranger).get(address).status_code == 404
    for kind in ("pdf", "pptx"):
        file = path("reports:file", report.pk, kind)
        assert viewer_client.get(file).status_code == 200
        assert sign_in(stranger).get(file).status_code == 404
    assert csm_client.get(path("reports:file", report.pk, "exe")).status_code == 404


def test_a_colleague_without_the_right_changes_nothing(report, viewer_client, tenant):
    changes = [
        (path("reports:detail", report.pk), {"seen": 1}),
        (path("reports:figures", report.pk), {}),
        (path("reports:files", report.pk), {}),
        (path("reports:freezing", report.pk), {}),
        (path("reports:links", report.pk), {"days": 3}),
        (path("reports:create", report.review_id), {}),
    ]

    answers = [viewer_client.post(*change).status_code for change in changes]

    assert answers == [404] * 6
    with tenant_scope(tenant.pk):
        assert list(Report.objects.values_list("revision", flat=True)) == [1]


def test_who_may_change_a_review_may_make_its_report_and_its_links(
    tenant, csm, viewer, stranger, sign_in
):
    given, colleague, owner = (
        MembershipFactory(tenant=tenant, role=Role.CSM).user for _ in range(3)
    )
    answers = {}
    for name, person in (
        ("owner", owner),
        ("given", given),
        ("colleague", colleague),
        ("viewer", viewer),
        ("stranger", stranger),
    ):
        with tenant_scope(tenant.pk):
            review = review_of(AccountFactory(owner=owner), owner=given)
            report = reporting.freeze_report(review, by=csm, on=ON)
            link, _token = linking.make_link(report, days=3, label="", by=csm)
        client = sign_in(person)
        answers[name] = [
            client.post(path("reports:create", review.pk)).status_code,
            client.post(path("reports:figures", report.pk)).status_code,
            client.post(path("reports:links", report.pk), {"days": 3}).status_code,
            client.post(path("reports:revocation", link.pk)).status_code,
        ]

    assert answers == {
        "owner": [302, 302, 200, 302],
        "given": [302, 302, 200, 302],
        "colleague": [404] * 4,
        "viewer": [404] * 4,
        "stranger": [404] * 4,
    }


def test_making_one_leads_to_its_page(csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        review = review_of(AccountFactory(owner=csm))

    answer = csm_client.post(path("reports:create", review.pk))

    with tenant_scope(tenant.pk):
        report = Report.objects.get()
    assert answer.url == path("reports:detail", report.pk)


def test_sections_are_worded_switched_and_moved(report, csm_client, tenant):
    address = path("reports:detail", report.pk)
    keys = [one["key"] for one in report.sections]
    on = {f"on_{key}": "on" for key in keys if key != "health"}

    saved = csm_client.post(
        address, {"seen": 1, "words_usage": "A fine quarter.", "going": "", **on}
    )
    moved = csm_client.post(
        address, {"seen": 2, "words_usage": "A fine quarter.", "going": "plan:-1", **on}
    )

    with tenant_scope(tenant.pk):
        kept = {one["key"]: one for one in Report.objects.get().sections}
    assert (saved.status_code, moved.url) == (302, f"{address}#section-plan")
    assert (kept["usage"]["words"], kept["health"]["is_on"]) == (
        "A fine quarter.",
        False,
    )
    place = keys.index("plan")
    assert list(kept)[place - 1 : place + 1] == ["plan", keys[place - 1]]


def test_words_of_people_are_ticked_in_the_editor(report, csm, csm_client, tenant):
    with tenant_scope(tenant.pk):
        answer = ResponseFactory(
            account=report.review.account,
            contact=ContactFactory(account=report.review.account, name="Boris"),
            score=2,
            comment="Slow",
            answered_at=AT.replace(month=5),
        )
        reporting.take_figures(report, by=csm, on=ON)
    address = path("reports:detail", report.pk)

    page = csm_client.get(address).content.decode()
    saved = csm_client.post(
        address, {"seen": 2, "on_feedback": "on", "picked": [str(answer.pk)]}
    )
    ticked = csm_client.get(address).content.decode()

    boxes = [
        re.findall('<input[^>]*name="picked"[^>]*>', one) for one in (page, ticked)
    ]
    assert "Boris, 2: “Slow”" in page
    assert [["checked" in box for box in found] for found in boxes] == [[False], [True]]
    assert saved.status_code == 302
    with tenant_scope(tenant.pk):
        kept = {one["key"]: one for one in Report.objects.get().sections}
    assert kept["feedback"]["picked"] == [str(answer.pk)]


def test_who_saves_an_older_one_gets_409(report, csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        reporting.arrange_report(report, [], revision=1, by=csm)

    answer = csm_client.post(path("reports:detail", report.pk), {"seen": 1})

    assert answer.status_code == 409


def test_a_frozen_one_has_no_form_and_refuses_changes(report, csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        reporting.freeze_report(report.review, by=csm, on=ON)

    page = csm_client.get(path("reports:detail", report.pk)).content.decode()
    answer = csm_client.post(path("reports:detail", report.pk), {"seen": 2})
    csm_client.post(path("reports:figures", report.pk))

    assert 'name="words_usage"' not in page
    assert answer.status_code == 409
    with tenant_scope(tenant.pk):
        assert Report.objects.get().revision == 2


def test_a_correction_is_frozen_by_hand_and_goes_to_the_customer(
    report, csm_client, csm, tenant
):
    freezing = path("reports:freezing", report.pk)
    early = csm_client.post(freezing).status_code
    with tenant_scope(tenant.pk):
        hold_review(report.review, by=csm)
        second = reporting.draft_report(report.review, by=csm, on=ON)
    offered = csm_client.get(path("reports:detail", second.pk)).content.decode()

    csm_client.post(path("reports:freezing", second.pk))
    answer = csm_client.post(path("reports:links", second.pk), {"days": 5})

    assert early == 404
    assert path("reports:freezing", second.pk) in offered
    assert answer.context["address"].startswith("http")
    with tenant_scope(tenant.pk):
        frozen = Report.objects.exclude(frozen_at=None).order_by("version")
        assert list(frozen.values_list("version", flat=True)) == [1, 2]


def test_its_page_tells_how_far_it_is_and_why_it_failed(
    report, csm_client, monkeypatch
):
    waiting = csm_client.get(path("reports:progress", report.pk)).content.decode()
    with monkeypatch.context() as patched:
        patched.setitem(making.MAKERS, "pdf", lambda *_a, **_k: 1 / 0)
        made(report)
    failed = csm_client.get(path("reports:detail", report.pk)).content.decode()
    csm_client.post(path("reports:files", report.pk))
    made(report)
    ready = csm_client.get(path("reports:progress", report.pk)).content.decode()

    assert 'hx-trigger="live"' in waiting
    assert "ZeroDivisionError: division by zero" in failed
    assert "file.pptx" in ready
    assert 'hx-trigger="live"' not in ready


def test_the_address_is_shown_once(report, csm_client, csm, tenant, client):
    with tenant_scope(tenant.pk):
        reporting.freeze_report(report.review, by=csm, on=ON)

    answer = csm_client.post(
        path("reports:links", report.pk), {"days": 5, "label": "Board"}
    )
    token = answer.context["address"].rstrip("/").rsplit("/", 1)[1]
    again = csm_client.get(path("reports:detail", report.pk)).content.decode()

    assert client.get(f"/r/{token}/").status_code == 200
    assert token in answer.content.decode()
    assert token not in again


def test_an_address_is_taken_back_by_who_may_only(
    report, csm_client, viewer_client, csm, tenant, client
):
    with tenant_scope(tenant.pk):
        reporting.freeze_report(report.review, by=csm, on=ON)
        link, token = linking.make_link(
            report.__class__.objects.get(), days=3, label="", by=csm
        )
    address = path("reports:revocation", link.pk)

    refused = viewer_client.post(address).status_code
    before = client.get(f"/r/{token}/").status_code
    csm_client.post(address)
    after = client.get(f"/r/{token}/").status_code

    assert (refused, before, after) == (404, 200, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    csm_client, csm, tenant, count, django_assert_num_queries
):
    with tenant_scope(tenant.pk), time_machine.travel(AT, tick=False):
        for _number in range(count):
            review = review_of(AccountFactory(owner=csm))
            reporting.draft_report(review, by=csm, on=ON)

    with django_assert_num_queries(13):
        answer = csm_client.get("/t/acme/reports/")

    assert len(answer.context["page"].object_list) == count


def test_slides_are_there_without_scripts_and_in_the_language_of_the_account(
    csm_client, csm, tenant
):
    with tenant_scope(tenant.pk):
        review = review_of(
            AccountFactory(owner=csm, name="Северный ветер"), language="ru"
        )
        report = reporting.draft_report(review, by=csm, on=ON)

    page = csm_client.get(path("reports:presentation", report.pk)).content.decode()

    assert '<html lang="ru">' in page
    assert "Северный ветер" in page
    assert page.count('<section class="slide') == page.count('id="slide-')
