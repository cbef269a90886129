from datetime import UTC, date, datetime

import pytest
import time_machine

from tenants.models import ApiKey, AuditEntry, Invitation, Membership, Role, Tenant
from tenants.scoping import tenant_scope
from tenants.services import create_api_key, record_audit
from tests.factories.tenants import MembershipFactory

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("fresh_limits")


def audit(tenant):
    with tenant_scope(tenant.pk):
        return list(AuditEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("members", [1, 3])
def test_member_list_query_count(sign_in, tenant, members, django_assert_num_queries):
    people = [MembershipFactory(tenant=tenant, role=Role.ADMIN) for _ in range(members)]
    client = sign_in(people[0].user)
    client.get("/t/acme/settings/members/")

    with django_assert_num_queries(13):
        response = client.get("/t/acme/settings/members/")

    assert len(response.context["members"]) == members


def test_an_admin_invites_and_the_invitation_is_shown(admin_client, tenant):
    response = admin_client.post(
        "/t/acme/settings/invitations/", {"email": "Ada@Example.com", "role": "csm"}
    )

    assert response.status_code == 302
    page = admin_client.get("/t/acme/settings/members/")
    assert [one.email for one in page.context["invitations"]] == ["ada@example.com"]
    assert audit(tenant) == ["member.invited"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "no address", "role": "csm"}, "email"),
        ({"email": "a@example.com", "role": "king"}, "role"),
        ({"role": "csm"}, "email"),
    ],
)
def test_a_bad_invitation_is_422_at_its_field(admin_client, tenant, data, field):
    response = admin_client.post("/t/acme/settings/invitations/", data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    with tenant_scope(tenant.pk):
        assert Invitation.objects.count() == 0


@pytest.mark.parametrize("who", ["csm", "lead", "ops", "viewer"])
def test_only_an_admin_invites_changes_and_removes(request, who, tenant, admin):
    client = request.getfixturevalue(f"{who}_client")
    target = Membership.objects.get(user=admin)

    answers = [
        client.post("/t/acme/settings/invitations/", {"email": "a@b.c", "role": "csm"}),
        client.post(f"/t/acme/settings/members/{target.pk}/", {"role": "csm"}),
        client.post(f"/t/acme/settings/members/{target.pk}/departure/"),
        client.post("/t/acme/settings/api-keys/new/", {"name": "x", "scopes": "read"}),
        client.get("/t/acme/settings/api-keys/"),
    ]

    assert [response.status_code for response in answers] == [404] * 5
    assert audit(tenant) == []


def test_an_admin_changes_role_and_lead(admin_client, tenant, csm, lead):
    member = Membership.objects.get(user=csm)
    boss = Membership.objects.get(user=lead)

    response = admin_client.post(
        f"/t/acme/settings/members/{member.pk}/",
        {"role": "ops", "reports_to": boss.pk},
    )

    assert response.status_code == 302
    member.refresh_from_db()
    assert (member.role, member.reports_to) == ("ops", boss)
    assert audit(tenant) == ["member.changed"]


def test_the_last_admin_is_told_why_not(admin_client, admin):
    member = Membership.objects.get(user=admin)

    response = admin_client.post(
        f"/t/acme/settings/members/{member.pk}/", {"role": "csm", "reports_to": ""}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["role"]


def test_a_former_member_is_a_stranger_at_once(sign_in, tenant, csm):
    client = sign_in(csm)
    assert client.get("/t/acme/settings/").status_code == 200

    Membership.objects.filter(user=csm).update(is_active=False)

    assert client.get("/t/acme/settings/").status_code == 404


def test_a_key_is_shown_once_and_ends_after_its_last_day(admin_client, tenant):
    Tenant.objects.update(timezone="Asia/Almaty")
    data = {"name": "billing", "scopes": ["read"], "expires_on": "2027-01-31"}

    shown = admin_client.post("/t/acme/settings/api-keys/new/", data)
    again = admin_client.get("/t/acme/settings/api-keys/")

    secret = shown.context["secret"]
    assert (secret in shown.content.decode(), secret in again.content.decode()) == (
        True,
        False,
    )
    with tenant_scope(tenant.pk):
        (key,) = ApiKey.objects.all()
    # Almaty is five hours ahead of UTC.
    assert key.expires_at == datetime(2027, 1, 31, 19, tzinfo=UTC)


def test_a_key_without_a_scope_is_422(admin_client, tenant):
    response = admin_client.post("/t/acme/settings/api-keys/new/", {"name": "x"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["scopes"]


def test_a_revoked_key_is_refused(admin_client, tenant, client):
    with tenant_scope(tenant.pk):
        key, secret = create_api_key(name="billing")
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/accounts/", headers=headers).status_code == 200

    admin_client.post(f"/t/acme/settings/api-keys/{key.pk}/revocation/")

    assert client.get("/api/v1/accounts/", headers=headers).status_code == 401


def test_settings_are_changed_by_an_admin_and_read_by_all(
    admin_client, csm_client, tenant
):
    data = {
        "name": "Acme",
        "timezone": "Asia/Almaty",
        "currency": "kzt",
        "language": "ru",
    }

    csm_client.post("/t/acme/settings/", data)
    unchanged = Tenant.objects.get(pk=tenant.pk).timezone
    admin_client.post("/t/acme/settings/", data)

    tenant.refresh_from_db()
    assert unchanged == "UTC"
    assert (tenant.timezone, tenant.currency, tenant.language) == (
        "Asia/Almaty",
        "KZT",
        "ru",
    )
    assert csm_client.get("/t/acme/settings/").status_code == 200


def test_the_audit_trail_is_paged_without_gap_or_repeat(admin_client, tenant, admin):
    with tenant_scope(tenant.pk), time_machine.travel(NOON, tick=False):
        for number in range(120):
            record_audit("member.changed", tenant, by=admin, after={"n": number})

    seen, after = [], ""
    while True:
        page = admin_client.get(f"/t/acme/settings/audit/?after={after}").context[
            "page"
        ]
        seen += [entry.after["n"] for entry in page.entries]
        after = page.after
        if not after:
            break

    assert sorted(seen) == list(range(120))
    assert len(seen) == 120


def test_a_mangled_place_starts_from_the_top(admin_client, tenant):
    response = admin_client.get("/t/acme/settings/audit/?after=%00nonsense")

    assert response.status_code == 200


def test_home_leads_to_the_one_workspace(csm_client):
    response = csm_client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/t/acme/")


def test_home_sends_a_visitor_to_sign_in(visitor_client, db):
    assert visitor_client.get("/")["Location"] == "/sign-in/"


def test_one_person_in_two_workspaces_sees_each_with_its_role(
    sign_in, tenant, other_tenant, csm
):
    MembershipFactory(tenant=other_tenant, user=csm, role=Role.ADMIN)
    client = sign_in(csm)

    assert client.get("/t/acme/settings/api-keys/").status_code == 404
    assert client.get("/t/globex/settings/api-keys/").status_code == 200
    listed = client.get("/workspaces/").context["memberships"]
    assert [one.tenant.slug for one in listed] == ["acme", "globex"]


def test_founding_another_workspace_makes_one_its_admin(csm_client, csm):
    response = csm_client.post("/workspaces/", {"name": "Second"})

    assert response["Location"] == "/t/second/"
    place = Membership.objects.get(user=csm, tenant__slug="second")
    assert place.role == Role.ADMIN


def test_sign_up_founds_a_workspace(visitor_client, db):
    response = visitor_client.post(
        "/sign-up/",
        {
            "name": "Ada",
            "workspace": "Ada & Co",
            "email": "ada@example.com",
            "password1": "correct horse battery",
        },
    )

    assert response.status_code == 302
    place = Membership.objects.select_related("tenant", "user").get()
    assert (place.user.name, place.tenant.slug, place.role) == (
        "Ada",
        "ada-co",
        "admin",
    )
    assert visitor_client.get("/t/ada-co/settings/").status_code == 200


SIGN_UP = {
    "name": "Ada",
    "workspace": "Ada",
    "email": "ada@example.com",
    "password1": "correct horse battery",
}


@pytest.mark.parametrize(
    ("said", "zone", "currency"),
    [
        ({}, "UTC", "USD"),
        ({"timezone": "Asia/Almaty", "currency": "KZT"}, "Asia/Almaty", "KZT"),
    ],
)
def test_sign_up_asks_for_zone_and_currency(visitor_client, db, said, zone, currency):
    asked = list(visitor_client.get("/sign-up/").context["form"].fields)

    visitor_client.post("/sign-up/", SIGN_UP | said)

    assert {"timezone", "currency"} <= set(asked)
    made = Tenant.objects.get()
    assert (made.timezone, made.currency) == (zone, currency)


@pytest.mark.parametrize("said", [{"timezone": "Asia/Nowhere"}, {"currency": "XXQ"}])
def test_sign_up_refuses_another_zone_or_currency(visitor_client, db, said):
    response = visitor_client.post("/sign-up/", SIGN_UP | said)

    assert list(response.context["form"].errors) == list(said)
    assert Tenant.objects.count() == 0


def test_another_workspace_has_its_own_zone_and_currency(csm_client):
    data = {"name": "Second", "timezone": "Asia/Almaty", "currency": "KZT"}

    csm_client.post("/workspaces/", data)

    made = Tenant.objects.get(slug="second")
    assert (made.timezone, made.currency) == ("Asia/Almaty", "KZT")


def test_sign_in_and_out(visitor_client, tenant, csm):
    csm.set_password("correct horse battery")
    csm.save()
    login = {"login": csm.email.upper(), "password": "correct horse battery"}

    visitor_client.post("/sign-in/", login)
    inside = visitor_client.get("/t/acme/settings/").status_code
    visitor_client.post("/sign-out/")
    outside = visitor_client.get("/t/acme/settings/").status_code

    assert (inside, outside) == (200, 302)


EVIL = [
    "//evil.example",
    "https:evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("target", EVIL)
def test_next_never_leaves_the_site(visitor_client, tenant, csm, target):
    csm.set_password("correct horse battery")
    csm.save()

    response = visitor_client.post(
        "/sign-in/",
        {"login": csm.email, "password": "correct horse battery", "next": target},
    )

    assert response["Location"] == "/"


def test_expiry_form_takes_no_nonsense(admin_client, tenant):
    response = admin_client.post(
        "/t/acme/settings/api-keys/new/",
        {"name": "x", "scopes": ["read"], "expires_on": str(date.max) + "9"},
    )

    assert response.status_code == 422
