"""Answers in a real browser: from a number to its answers, and a reply by keys alone."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cs_platform.lib import clock
from nps.models import FollowUp, Survey
from nps.services import follow_up
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in, tab_to
from tests.factories.accounts import AccountFactory, ContactFactory, TicketFactory
from tests.factories.nps import ResponseFactory, SurveyFactory
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
INBOX, RESULTS = "/t/acme/surveys/answers/", "/t/acme/surveys/results/"
SAID = [
    (10, "Best support we have ever had, and the new reports are great."),
    (9, "Отличный сервис, экономит нам день в неделю."),
    (8, ""),
    (7, "Good, but the export to Excel is slow."),
    (2, "The integration is broken since March and nobody answers."),
]


@pytest.fixture
def acme(committed, monkeypatch):
    """A workspace with five answers of a year and one rated ticket."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    csm = MembershipFactory(tenant=tenant, role=Role.CSM, user__name="Ada L").user
    now = clock.now()
    with tenant_scope(tenant.pk):
        account = AccountFactory(name="Nova Trade", owner=csm, mrr=2500)
        survey = SurveyFactory(name="How we are doing", on_since=now.date())
        for number, (score, words) in enumerate(SAID):
            row = ResponseFactory(
                contact__account=account,
                contact__roles=["champion"] if number % 2 else [],
                score=score,
                comment=words,
                survey=survey,
                tags=["export"] if score == 7 else [],
                sentiment=(score - 5) / 5 if words else None,
                sentiment_by="vader" if words else "",
                language="ru" if number == 1 else "en",
                answered_at=now - timedelta(hours=number * 7),
            )
            follow_up(row)
        ContactFactory(account=AccountFactory(name="Quiet"), roles=["decision_maker"])
        TicketFactory(
            account=account, category="Export", csat=4, status="solved", solved_at=now
        )
    tenant.state, tenant.account, tenant.answer = signed_in(csm), account.pk, row.pk
    return tenant


def test_a_detractor_is_called_back_by_keys_alone(acme, open_page):
    page = open_page(f"{INBOX}?band=detractor&kind=nps", storage_state=acme.state)
    tab_to(page, page.get_by_role("link", name="Nova Trade"))
    page.keyboard.press("Enter")
    reply = page.get_by_label("What we said")
    expect(reply).to_be_visible()
    tab_to(page, reply)
    page.keyboard.type("We called and put it right")
    tab_to(page, page.get_by_role("button", name="Close the loop"))
    page.keyboard.press("Enter")

    expect(page.get_by_text("The reply is kept; the loop is closed.")).to_be_visible()
    with tenant_scope(acme.pk):
        found = FollowUp.objects.get(response=acme.answer)
        assert (found.reply, found.closed_at is None) == (
            "We called and put it right",
            False,
        )
    assert page.complaints == []


def test_a_number_leads_to_the_answers_it_is_made_of(acme, open_page):
    page = open_page(RESULTS, storage_state=acme.state)

    stat = page.locator(".stat", has_text="NPS").first
    expect(stat).to_contain_text("20")
    stat.get_by_role("link").click()

    expect(page.locator("#rows .list > li")).to_have_count(5)
    assert page.complaints == []


def test_the_rows_of_a_weighted_number_add_up_to_it(acme, open_page):
    page = open_page(RESULTS, storage_state=acme.state)

    stat = page.locator(".stat", has_text="NPS by role").first
    expect(stat).to_contain_text("29")
    stat.get_by_role("link").click()

    points = page.locator("tbody tr td:last-child").all_inner_texts()
    total = page.locator("tfoot td:last-child").inner_text()
    # Promoters 1 + 2, a detractor 1, of 1 + 2 + 1 + 2 + 1.
    assert total == "28.57"
    assert round(sum(float(one.replace("−", "-")) for one in points), 1) == 28.6
    assert page.complaints == []


def test_filters_fold_behind_one_button_on_a_phone(acme, open_page):
    page = open_page(INBOX, width=390, storage_state=acme.state)
    band = page.locator("select[name=band]")
    expect(band).to_be_hidden()
    button = page.get_by_role("button", name="Filters")
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(band).to_be_visible()

    band.select_option("detractor")

    expect(page.locator("#rows .list > li")).to_have_count(1)
    page.get_by_role("button", name="Done").click()
    expect(band).to_be_hidden()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
    assert page.complaints == []


def test_filters_stand_in_the_row_on_a_wide_screen(acme, open_page):
    page = open_page(INBOX, storage_state=acme.state)

    expect(page.locator("select[name=band]")).to_be_visible()
    expect(page.locator(".filters-open")).to_be_hidden()
    assert page.complaints == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pages_are_in_order(acme, open_page, width, theme):
    with tenant_scope(acme.pk):
        assert Survey.objects.count() == 1
    ledgers = [f"{RESULTS}{name}/" for name in ("rate", "voices", "tickets")]
    paths = (
        INBOX,
        RESULTS,
        f"{INBOX}{acme.answer}/",
        "/t/acme/surveys/silence/",
        *ledgers,
    )
    for path in paths:
        page = open_page(path, width=width, theme=theme, storage_state=acme.state)
        page.wait_for_load_state("networkidle")
        assert (path, page.evaluate(CHECKS)) == (path, [])
        assert page.complaints == []
