"""From the first page, every link that a member sees, on a wide screen and on a phone."""

from pathlib import Path

import pytest
from django.test import Client

from health.models import Scorecard, Snapshot
from health.scoring import POINTS
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.walls.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
LINKS = """() => [...document.querySelectorAll('a[href]:not([download])')]
    .filter((link) => link.origin === location.origin && link.pathname.startsWith('/t/acme/'))
    .map((link) => link.pathname)"""
NOTHING_KNOWN = [
    {"key": measure["key"], "state": "missing", "points": 0}
    for measure in POINTS["measures"]
]
# Pages come from many rows of one kind: a handful of each tells enough.
MOST = 40


@pytest.fixture
def session(committed, settings):
    """The session of an admin in a workspace that has one row of every kind."""
    tenant = TenantFactory(slug="acme", name="Acme")
    with tenant_scope(tenant.pk):
        world = World(tenant)
        # A receipt is written from these; plain values are no scorecard.
        Scorecard.objects.update(definition=POINTS)
        Snapshot.objects.update(measures=NOTHING_KNOWN)
    client = Client()
    client.force_login(world.member)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_every_link_leads_to_a_page_that_owes_nothing(
    session, site, open_page, settings, width, theme
):
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}
    page = open_page("/sign-in/", width=width, theme=theme, cookies=[cookie])
    found, seen, wrong = ["/t/acme/"], [], {}

    while found and len(seen) < MOST:
        path = found.pop(0)
        seen.append(path)
        page.complaints.clear()
        status = page.goto(site + path).status
        page.wait_for_load_state("networkidle")
        owed = [*page.evaluate(CHECKS), *page.complaints]
        if status != 200 or owed:
            wrong[path] = (status, owed)
        found += sorted({*page.evaluate(LINKS)} - {*seen, *found})

    assert not wrong, "\n".join(map(str, wrong.items()))
    assert len(seen) > 15


@pytest.mark.parametrize("path", ["tasks/new/", "accounts/new/", "settings/"])
def test_what_has_the_focus_stands_clear_of_the_bars_without_scripts(
    session, site, open_page, settings, path
):
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}
    page = open_page(
        f"/t/acme/{path}", width=390, cookies=[cookie], java_script_enabled=False
    )
    page.set_viewport_size({"width": 390, "height": 420})
    save = page.locator("main form:last-of-type .form-actions button")
    hidden = []

    for _ in range(40):
        page.keyboard.press("Tab")
        box = page.locator("main :focus-visible:not(textarea)").first
        if not box.count():
            continue
        here, bar = box.bounding_box(), page.locator(".rail").bounding_box()
        if here["y"] + here["height"] > bar["y"] or here["y"] < 48:
            hidden.append(box.evaluate("element => element.outerHTML.slice(0, 80)"))
        if save.evaluate("element => element === document.activeElement"):
            break
    else:
        pytest.fail("the keyboard never came to the last button")

    assert hidden == []
