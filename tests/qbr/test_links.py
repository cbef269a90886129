"""The customer's address of a report: one report, for a time, and nothing else."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cs_platform.lib import logs
from qbr.models import Report, ReportLink, ReportView
from qbr.queries.links import SALT
from qbr.services import linking, making, reporting
from tenants.models import AuditEntry, Credential
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.qbr.report_world import AT, ON, review_of

# The report, its files, what there is not, and one without its last stroke.
ADDRESSES = (
    "/",
    "",
    "/report.pdf",
    "/report.pptx",
    "/report.exe",
    "/file.pdf",
    "/a/b/",
)
REFUSAL = (
    404,
    "noindex, nofollow, noarchive",
    "private, no-store",
    "text/html; charset=utf-8",
)
pytestmark = pytest.mark.usefixtures("fresh_limits")


def frozen(tenant, name="Northwind"):
    with tenant_scope(tenant.pk):
        review = review_of(AccountFactory(name=name))
        report = reporting.freeze_report(review, by=None, on=ON)
        making.make_reports(tenant.pk, seconds=30)
        return Report.objects.get(pk=report.pk)


def link_to(tenant, report, *, days=30):
    with tenant_scope(tenant.pk):
        return linking.make_link(report, days=days, label="Board", by=None)


def test_it_opens_the_report_and_its_files(client, tenant):
    report = frozen(tenant)
    _link, token = link_to(tenant, report)

    page = client.get(f"/r/{token}/")
    pdf = client.get(f"/r/{token}/report.pdf")
    pptx = client.get(f"/r/{token}/report.pptx")

    assert [answer.status_code for answer in (page, pdf, pptx)] == [200, 200, 200]
    assert "Northwind" in page.content.decode()
    assert (pdf.content[:5], pptx.content[:2]) == (b"%PDF-", b"PK")


def test_it_is_kept_from_robots_caches_and_other_sites(client, tenant):
    _link, token = link_to(tenant, frozen(tenant))

    for path in ("", "report.pdf"):
        headers = client.get(f"/r/{token}/{path}").headers
        assert [
            headers[name]
            for name in ("X-Robots-Tag", "Cache-Control", "Referrer-Policy")
        ] == ["noindex, nofollow, noarchive", "private, no-store", "same-origin"]
    page = client.get(f"/r/{token}/").content.decode()
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in page


def test_expired_revoked_forged_and_unknown_get_one_and_the_same_refusal(
    client, tenant, other_tenant
):
    report = frozen(tenant)
    revoked, revoked_token = link_to(tenant, report)
    with tenant_scope(tenant.pk):
        linking.revoke_link(revoked, by=None)
    with time_machine.travel(AT, tick=False):
        _expired, expired_token = link_to(tenant, report, days=1)
    _whole, whole = link_to(tenant, report)
    # Signed by us, but of no link; and a real one that somebody altered.
    unknown = Signer(salt=SALT).sign("a" * 43)
    forged = whole[:-2] + ("aa" if whole[-2:] != "aa" else "bb")
    other_purpose = Signer(salt="other").sign("a" * 43)

    answers = [
        client.get(f"/r/{token}{path}")
        for token in (
            revoked_token,
            expired_token,
            unknown,
            forged,
            other_purpose,
            "x",
        )
        for path in ADDRESSES
    ]

    assert {refusal(answer) for answer in answers} == {REFUSAL}
    assert len({_without_nonce(answer.content) for answer in answers}) == 1
    assert "Northwind" not in answers[0].content.decode()
    assert "This link does not work" in answers[0].content.decode()


def test_whatever_else_stands_below_a_valid_address_is_refused_alike(client, tenant):
    _link, token = link_to(tenant, frozen(tenant))
    others = ["file.pdf", "report.exe", "slides/", "report.pdf/", "../", "%00", "a/b/c"]

    answers = [client.get(f"/r/{token}/{path}") for path in others]
    answers += [client.get(path) for path in ("/r/", "/r/%20/", "/r/a/b")]
    answers += [
        getattr(client, method)(f"/r/{token}/{path}")
        for method in ("post", "put", "delete", "options")
        for path in ("", "report.pdf", "elsewhere")
    ]

    assert {refusal(answer) for answer in answers} == {REFUSAL}
    assert len({_without_nonce(answer.content) for answer in answers}) == 1
    with tenant_scope(tenant.pk):
        assert ReportView.objects.count() == 0


def test_forms_of_other_sites_are_refused_like_all_else(tenant):
    _link, token = link_to(tenant, frozen(tenant))
    strict = Client(enforce_csrf_checks=True)

    assert refusal(strict.post(f"/r/{token}/")) == REFUSAL


def test_it_opens_without_the_last_stroke_too(client, tenant):
    _link, token = link_to(tenant, frozen(tenant))

    assert client.get(f"/r/{token}").status_code == 200


def refusal(answer):
    names = ("X-Robots-Tag", "Cache-Control", "Content-Type")
    return (answer.status_code, *(answer.headers.get(name) for name in names))


def _without_nonce(content):
    return re.sub(r'nonce="[^"]*"', "", content.decode())


def test_a_link_opens_no_report_of_another_workspace(client, tenant, other_tenant):
    frozen(tenant)
    theirs = frozen(other_tenant, name="Globex customer")
    _link, token = link_to(other_tenant, theirs)
    # Even where the directory of secrets names the wrong workspace.
    Credential.objects.filter(kind="report").update(tenant=tenant)

    answer = client.get(f"/r/{token}/")

    assert answer.status_code == 404
    assert "Globex customer" not in answer.content.decode()


def test_no_other_page_is_reached_with_it(client, tenant):
    report = frozen(tenant)
    _link, token = link_to(tenant, report)
    client.get(f"/r/{token}/")
    page = client.get(f"/r/{token}/").content.decode()

    inside = client.get(f"/t/acme/reports/{report.pk}/")
    api = client.get(
        f"/api/v1/reports/{report.pk}/", headers={"Authorization": f"Bearer {token}"}
    )
    calendar = client.get(f"/calendar/{token}.ics")

    assert (inside.status_code, inside.url.split("?")[0]) == (302, "/sign-in/")
    assert (api.status_code, calendar.status_code) == (401, 404)
    assert "sessionid" not in client.cookies
    links = set(re.findall(r'(?:href|src|action)="([^"#]+)"', page))
    assert {
        link
        for link in links
        if not link.startswith(("/static/", f"/r/{token}/", "data:"))
    } == set()


def test_below_the_address_stand_two_views_and_the_refusal_only():
    def views(patterns, before=""):
        for one in patterns:
            path = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from views(one.url_patterns, path)
            elif isinstance(one, URLPattern) and path.startswith("r/"):
                yield path, one.callback.__name__

    assert list(views(get_resolver().url_patterns)) == [
        ("r/<str:token>/", "public_report"),
        ("r/<str:token>", "public_report"),
        ("r/<str:token>/report.<str:kind>", "public_file"),
        ("r/", "nothing_there"),
        ("r/<path:rest>", "nothing_there"),
    ]


def test_each_visit_is_logged_and_a_look_ahead_is_not(client, tenant):
    link, token = link_to(tenant, frozen(tenant))

    client.get(f"/r/{token}/", headers={"User-Agent": "Browser"})
    client.get(f"/r/{token}/report.pdf", headers={"User-Agent": "Browser"})
    client.head(f"/r/{token}/", headers={"User-Agent": "Scanner"})

    with tenant_scope(tenant.pk):
        seen = ReportView.objects.order_by("at").values_list("link", "what", "agent")
        assert list(seen) == [
            (link.pk, "page", "Browser"),
            (link.pk, "pdf", "Browser"),
        ]


def test_guesses_are_slowed_down_and_readers_are_not(client, tenant, settings):
    settings.REPORT_RATE = "3/minute"
    _link, token = link_to(tenant, frozen(tenant))

    guesses = [client.get(f"/r/guess{n}/").status_code for n in range(5)]
    reader = client.get(f"/r/{token}/").status_code

    assert (guesses, reader) == ([404, 404, 404, 429, 429], 200)


def test_only_a_frozen_report_has_an_address(tenant):
    with tenant_scope(tenant.pk):
        review = review_of(AccountFactory())
        draft = reporting.draft_report(review, by=None, on=ON)

        with pytest.raises(linking.NotFrozen):
            linking.make_link(draft, days=1, label="", by=None)

        assert ReportLink.objects.count() == 0


def test_making_and_taking_back_are_in_the_audit_and_keep_no_secret(tenant, csm):
    report = frozen(tenant)
    link, token = link_to(tenant, report, days=7)
    with tenant_scope(tenant.pk):
        linking.revoke_link(link, by=csm)
        linking.revoke_link(link, by=csm)
        entries = list(
            AuditEntry.objects.filter(action__startswith="report_link").values_list(
                "action", flat=True
            )
        )

        kept = str(list(ReportLink.objects.values())) + str(
            list(AuditEntry.objects.values())
        )
    assert sorted(entries) == ["report_link.made", "report_link.revoked"]
    assert token not in kept
    assert Credential.objects.filter(kind="report").count() == 0


def test_it_ends_on_its_day(client, tenant):
    with time_machine.travel(AT, tick=False):
        report = frozen(tenant)
        _link, token = link_to(tenant, report, days=2)

    with time_machine.travel(AT + timedelta(days=2, seconds=-1), tick=False):
        last = client.get(f"/r/{token}/").status_code
    with time_machine.travel(AT + timedelta(days=2), tick=False):
        after = client.get(f"/r/{token}/").status_code

    assert (last, after) == (200, 404)


@pytest.mark.parametrize("path", ["", "report.pdf"])
def test_no_log_line_holds_the_address(path):
    line = logs.json_line(None, "info", {"request": f"GET /r/secret:signed/{path}"})

    assert ("secret" in line, "/r/[hidden]" in line) == (False, True)
