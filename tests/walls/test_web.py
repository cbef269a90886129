"""T-WEB-1: what every answer carries, and what a request without right does."""

import pytest
from django.conf import settings
from django.test import Client

from tenants.scoping import tenant_scope
from tests.walls.addresses import NOWHERE, addresses
from tests.walls.test_every_address import (
    WORKSPACE,
    client_of,
    paths,
    state,
    telling_paths,
)
from tests.walls.world import World

PUBLIC = [
    address
    for address in addresses("cs_platform.urls")
    if not address.route.startswith(("api/", "v1/"))
]
LAX = {False: set(), True: {"X-Frame-Options", "base-uri 'none'", "Referrer-Policy"}}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
# These want more than an id in their address; the tests that visit them:
VISITED_ELSEWHERE = {
    "accounts:fact-edit": "tests/accounts/test_views.py",
    "accounts:fact-create": "tests/accounts/test_views.py",
    "accounts:deed-create": "tests/accounts/test_contract_views.py",
    "insights:account-export": "tests/insights/test_export.py",
    "nps:answer-export": "tests/nps/test_answer_pages.py",
    "nps:logo": "tests/nps/test_surveys.py",
    "nps:result-export": "tests/nps/test_answer_pages.py",
    "nps:result-part": "tests/nps/test_answer_pages.py",
    "nps:sample": "tests/nps/test_samples.py",
    "nps:sample-thanks": "tests/nps/test_samples.py",
    "nps:sample-why": "tests/nps/test_samples.py",
    "reports:file": "tests/qbr/test_report_views.py",
    "qbr:idea": "tests/qbr/test_views.py",
    "renewals:export": "tests/renewals/test_ahead.py",
    "renewals:offer-file": "tests/renewals/test_offer_views.py",
    "renewals:offer-logo": "tests/renewals/test_offer_views.py",
    "renewals:reason-export": "tests/renewals/test_outcomes.py",
    "renewals:reason-change": "tests/renewals/test_outcomes.py",
}
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def world(tenant):
    with tenant_scope(tenant.pk):
        return World(tenant)


def lacking(response):
    """The headers of ours that an answer lacks."""
    missing = {name for name, value in HEADERS.items() if response.get(name) != value}
    policy = response.get("Content-Security-Policy", "")
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        if part not in policy:
            missing.add(part)
    return missing


def test_every_answer_carries_our_headers(world):
    visitor, member = Client(raise_request_exception=False), client_of(world.member)
    answers = {
        address.name: visitor.get(address.filled(key=NOWHERE, number=1))
        for address in PUBLIC
    }
    answers |= {
        address.name: member.get("/t/acme" + paths(address, world)[0])
        for address in WORKSPACE
    }
    answers["404"] = visitor.get("/nowhere/at/all")
    answers["api"] = visitor.get("/api/v1/accounts/")
    # Machines read no markup: there it is enough that nobody guesses a type.
    machines = {name for name in answers if name.startswith("machine:")} | {"usage"}
    answers["usage"] = visitor.post("/v1/batch", b"{}", content_type="text/plain")

    assert {
        name: lacking(r)
        for name, r in answers.items()
        if lacking(r) - LAX[name in machines]
    } == {}


def test_a_page_of_a_workspace_is_kept_by_nobody(world):
    client = client_of(world.member)

    answers = {a.name: client.get("/t/acme" + paths(a, world)[0]) for a in WORKSPACE}

    assert {
        name: response.get("Cache-Control")
        for name, response in answers.items()
        if "no-store" not in response.get("Cache-Control", "")
    } == {}


def test_every_visit_succeeds_somewhere_breaks_nowhere_and_changes_nothing(world):
    """T-ISO-0: a GET with every id; reading a notice is the one thing it may do.

    It also proves what was learned: an address whose own row was not among those tried
    would succeed nowhere.
    """
    client = client_of(world.member)
    before = state(world)

    def learner(path):
        for method in ("get", "post"):
            getattr(client, method)("/t/acme" + path)

    found = {
        address: {
            path: client.get("/t/acme" + path).status_code
            for path in telling_paths(address, world, learner)
        }
        for address in WORKSPACE
    }

    broken = {p: s for one in found.values() for p, s in one.items() if s >= 500}
    dark = {
        address.name
        for address, statuses in found.items()
        if not set(statuses.values()) & {200, 302, 405}
    }
    after = state(world)
    changed = {table for table in before if before[table] != after[table]}
    assert (broken, dark - set(VISITED_ELSEWHERE)) == ({}, set())
    assert changed <= {"messaging_message"}


def test_without_a_token_no_post_is_taken(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.member)
    before = state(world)

    answers = {
        path: client.post("/t/acme" + path).status_code
        for address in WORKSPACE
        for path in paths(address, world)[:2]
    }

    assert {path: status for path, status in answers.items() if status != 403} == {}
    assert state(world) == before


def test_a_method_nobody_knows_is_refused(world):
    client = client_of(world.member)

    answers = {
        client.generic("TRACE", "/t/acme" + paths(address, world)[0]).status_code
        for address in WORKSPACE
    }

    assert answers == {405}


def test_cookies_are_for_the_server_alone(world):
    client = Client()
    login = {"login": world.member.email, "password": "correct horse battery"}
    world.member.set_password(login["password"])
    world.member.save()
    client.post("/sign-in/", login)

    flags = {
        name: (bool(cookie["httponly"]), cookie["samesite"])
        for name, cookie in client.cookies.items()
        if name in {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    }
    assert flags[settings.SESSION_COOKIE_NAME] == (True, "Lax")


def test_the_session_changes_at_sign_in_and_ends_at_sign_out(world):
    person = world.member
    person.set_password("correct horse battery")
    person.save()
    client = Client()
    client.get("/sign-in/")

    login = {"login": person.email, "password": "correct horse battery"}
    client.post("/sign-in/", login)
    inside = client.session.session_key
    old = Client()
    old.cookies = client.cookies.copy()
    client.post("/sign-out/")

    assert inside is not None
    assert old.get("/t/acme/settings/").status_code == 302


def test_guessing_passwords_is_slowed_down(world):
    client = Client()
    login = {"login": world.member.email, "password": "wrong wrong wrong"}

    answers = [client.post("/sign-in/", login) for _ in range(25)]

    assert any(
        response.status_code == 429 or "Too many" in response.content.decode()
        for response in answers
    )
