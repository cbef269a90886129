"""A meeting in a browser, by keys: the clock, notes kept as typed, promises, the end."""

import re
from datetime import timedelta

import pytest

from cs_platform.lib import clock
from qbr.models import Commitment, Review, ReviewNote
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.qbr import review_of
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = pytest.mark.e2e


@pytest.fixture
def csm(committed, monkeypatch):
    # The browser's loop runs in this thread.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme", name="Acme")
    return MembershipFactory(tenant=tenant, role=Role.CSM, user__name="Ida").user


@pytest.fixture
def review(csm):
    tenant = csm.memberships.get().tenant
    with tenant_scope(tenant.pk):
        account = AccountFactory(owner=csm, name="Globus")
        ContactFactory(account=account, name="Anna", roles=["decision_maker"])
        return review_of(account, due_on=clock.now().date() + timedelta(days=5))


def kept(review, model, **narrowing):
    with tenant_scope(review.tenant_id):
        return list(model.objects.filter(review=review, **narrowing))


def test_a_meeting_is_held_by_keys(open_page, csm, review):
    page = open_page(
        f"/t/acme/reviews/{review.pk}/meeting/", storage_state=signed_in(csm)
    )

    page.keyboard.press("Alt+Digit2")
    running = page.locator("[data-running]")
    running.wait_for()
    assert running.get_attribute("data-part") == "results"
    page.wait_for_function("document.activeElement.id === 'notes-results'")
    page.keyboard.type("Conversion 12 to 18 %")
    page.locator("#saved-results", has_text="Saved").wait_for()

    page.keyboard.press("Alt+KeyD")
    page.keyboard.type("Two sites more")
    page.keyboard.press("Enter")
    page.locator("#written .list", has_text="Two sites more").wait_for()

    page.keyboard.press("Alt+KeyP")
    page.keyboard.type("Train ten people")
    page.keyboard.press("Enter")
    page.locator("#promises .list", has_text="Train ten people").wait_for()
    page.wait_for_function("document.activeElement.id === 'id_promise_words'")

    page.get_by_role("button", name="The review was held").click()
    page.wait_for_url(re.compile(r"/reviews/[0-9a-f-]+/$"))

    with tenant_scope(review.tenant_id):
        assert Review.objects.get().status == "held"
    notes = kept(review, ReviewNote)
    assert {(note.kind, note.section, note.words) for note in notes} == {
        ("note", "results", "Conversion 12 to 18 %"),
        ("decision", "results", "Two sites more"),
    }
    assert [one.task_id is None for one in kept(review, Commitment)] == [False]
    assert page.complaints == []


def test_notes_wait_for_the_network_to_come_back(open_page, csm, review):
    page = open_page(
        f"/t/acme/reviews/{review.pk}/meeting/", storage_state=signed_in(csm)
    )
    sheet = page.locator("#notes-opening")

    page.context.set_offline(True)
    sheet.fill("Said while the network was away")
    page.locator("#saved-opening[data-saved=failed]").wait_for()
    page.context.set_offline(False)
    page.locator("#saved-opening", has_text="Saved").wait_for()

    assert [note.words for note in kept(review, ReviewNote)] == [
        "Said while the network was away"
    ]


def test_two_windows_lose_nothing_of_each_other(open_page, csm, review):
    path = f"/t/acme/reviews/{review.pk}/meeting/"
    first = open_page(path, storage_state=signed_in(csm))
    second = open_page(path, storage_state=signed_in(csm))

    first.locator("#notes-plan").fill("The first")
    first.locator("#saved-plan", has_text="Saved").wait_for()
    second.locator("#notes-plan").fill("The second")
    second.get_by_role("button", name="Keep both").click()
    second.locator("#saved-plan", has_text="Saved").wait_for()

    assert second.locator("#notes-plan").input_value() == "The second\n\nThe first"
    assert [note.words for note in kept(review, ReviewNote)] == [
        "The second\n\nThe first"
    ]
