from datetime import UTC, datetime

import pytest

from cs_platform.frame import SETTINGS
from messaging.models import Channel, Message
from tenants.scoping import tenant_scope
from tests.factories.tenants import MembershipFactory, TenantFactory

NOW = datetime(2026, 5, 12, tzinfo=UTC)


def _notices(tenant, user, count, **fields):
    with tenant_scope(tenant.pk):
        for number in range(count):
            Message.objects.create(
                tenant=tenant,
                channel=fields.get("channel", Channel.IN_APP),
                unique_key=f"{user.pk}-{number}-{fields}",
                kind="sample",
                recipient=user,
                subject="Sample",
                state=Message.State.SENT,
                next_attempt_at=NOW,
                read_at=fields.get("read_at"),
            )


@pytest.mark.parametrize(
    ("language", "unread", "text"),
    [
        ("en", 0, "0 unread notices"),
        ("en", 1, "1 unread notice"),
        ("ru", 3, 'aria-hidden="true">3<'),
        ("en", 120, "99+"),
    ],
)
def test_bell_counts_my_unread_notices(
    sign_in, tenant, csm, lead, language, unread, text
):
    csm.language = language
    csm.save()
    _notices(tenant, csm, unread)
    _notices(tenant, csm, 2, read_at=NOW)
    _notices(tenant, csm, 2, channel=Channel.EMAIL)
    _notices(tenant, lead, 2)

    page = sign_in(csm).get("/t/acme/settings/").content.decode()

    assert text in page.partition('class="button bell"')[2].partition("</a>")[0]


def test_switcher_shows_only_my_workspaces(csm_client, csm, tenant, other_tenant):
    third = TenantFactory(slug="initech", name="Initech")
    MembershipFactory(tenant=third, user=csm)
    MembershipFactory(
        tenant=TenantFactory(slug="left", name="Left"), user=csm, is_active=False
    )

    page = csm_client.get("/t/acme/settings/")

    assert [
        (w.name, w.href, w.is_here) for w in page.context["frame"]["workspaces"]()
    ] == [
        ("Acme", "/t/acme/", True),
        ("Initech", "/t/initech/", False),
    ]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("", [""]),
        ("settings/members/", ["settings/"]),
        ("accounts/", ["accounts/"]),
        ("alerts/", ["tasks/"]),
        ("notices/", []),
    ],
)
def test_the_rail_marks_where_i_am(csm_client, tenant, path, here):
    page = csm_client.get(f"/t/acme/{path}")

    marked = [entry.href for entry in page.context["frame"]["menu"]() if entry.is_here]
    assert marked == [f"/t/acme/{part}" for part in here]


@pytest.mark.parametrize(
    ("who", "may", "may_not"),
    [
        ("viewer", {"workspace", "notifications"}, {"feed", "pipeline", "keys"}),
        ("csm", {"sources", "feed"}, {"pipeline", "offers", "keys"}),
        ("lead", {"offers", "feed"}, {"pipeline", "calendar", "keys"}),
        ("ops", {"pipeline", "calendar", "audit"}, {"keys"}),
    ],
)
def test_the_settings_of_a_role_are_those_it_may_open(
    request, tenant, who, may, may_not
):
    client = request.getfixturevalue(f"{who}_client")

    page = client.get("/t/acme/settings/notifications/")

    groups = page.context["frame"]["settings"]()
    places = [place for _heading, some in groups for place in some]
    keys = {place.key for place in places}
    assert (may - keys, may_not & keys) == (set(), set())
    assert {client.get(place.href).status_code for place in places} == {200}
    assert page.content.decode().count('aria-current="page">Notifications') == 1


def test_an_admin_has_all_settings(admin_client, tenant):
    page = admin_client.get("/t/acme/settings/api-keys/")

    groups = page.context["frame"]["settings"]()
    keys = [place.key for _heading, places in groups for place in places]
    assert keys == [
        key for _heading, pages in SETTINGS for key, _name, _word, _roles in pages
    ]


def test_theme_and_rail_come_from_cookies_that_we_know(csm_client, tenant):
    csm_client.cookies["theme"] = "dark"
    csm_client.cookies["rail"] = '"><script>'

    page = csm_client.get("/t/acme/settings/").content.decode()

    assert '<html lang="en" data-theme="dark">' in page


def test_language_is_kept_with_the_person(csm_client, csm, tenant):
    response = csm_client.post("/language/", {"language": "ru", "next": "/t/acme/"})

    csm.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/t/acme/")
    assert csm.language == "ru"
    assert '<html lang="ru">' in csm_client.get("/t/acme/settings/").content.decode()


def test_an_unknown_language_changes_nothing(csm_client, csm, tenant):
    csm_client.post("/language/", {"language": "tlh"})

    csm.refresh_from_db()
    assert csm.language == ""


def test_error_pages_are_plain_and_ask_nothing(
    visitor_client, db, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = visitor_client.get("/nothing/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
