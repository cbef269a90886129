"""The menu on a phone: whole words, big enough to be hit, the rest behind a button."""

import pytest

from tests.e2e.visitors import signed_in
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CUT = """() => [...document.querySelectorAll('.rail-item span')]
    .filter((word) => word.checkVisibility() && word.scrollWidth > word.clientWidth)
    .map((word) => word.textContent)"""


@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize(
    ("language", "words", "more", "surveys"),
    [
        ("en", ["Today", "Accounts", "Renewals", "Reviews", "More"], "More", "Surveys"),
        ("ru", ["Сегодня", "Клиенты", "Продления", "Обзоры", "Ещё"], "Ещё", "Опросы"),
    ],
)
def test_a_phone_shows_whole_words_and_the_rest_behind_a_button(
    site, open_page, monkeypatch, width, language, words, more, surveys
):
    # The browser's driver runs a loop in this thread; we only wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme", language=language)
    member = MembershipFactory(tenant=tenant).user
    state = signed_in(member)
    page = open_page("/t/acme/settings/", width=width, storage_state=state)
    items = page.locator(".rail-item:visible")
    boxes = [items.nth(n).bounding_box() for n in range(items.count())]

    seen, cut = items.all_inner_texts(), page.evaluate(CUT)
    page.get_by_role("button", name=more).click()
    page.get_by_role("link", name=surveys).click()
    page.wait_for_url("**/surveys/")

    assert ([word.strip() for word in seen], cut) == (words, [])
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
    assert page.locator(".rail-item[data-here]").count() == 1
    assert page.complaints == []
