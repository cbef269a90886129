"""T-TOK-1: whatever is wrong with a link, the answer is the same and nothing happens."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing

from tenants.models import Invitation, Membership, Role, User
from tenants.scoping import tenant_scope
from tenants.services import invite, revoke_invitation
from tenants.services.invitations import token_of
from tests.factories.tenants import UserFactory

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NEW = {"name": "Ada", "password": "correct horse battery"}


@pytest.fixture
def invitation(in_tenant, admin):
    with time_machine.travel(NOON, tick=False):
        yield invite(email="ada@example.com", role=Role.CSM, by=admin)


def path(token):
    return f"/invitations/{token}/"


def said(response):
    """The page, but for what differs on every visit."""
    return re.sub(
        r'(nonce="|value="|content="|Token": ")[^"]*"', "", response.content.decode()
    )


def roles_of(email):
    return list(
        Membership.objects.filter(user__email=email).values_list("tenant__slug", "role")
    )


def test_a_new_person_joins_and_is_signed_in(visitor_client, invitation):
    response = visitor_client.post(path(token_of(invitation)), NEW)

    assert (response.status_code, response["Location"]) == (302, "/t/acme/")
    assert roles_of("ada@example.com") == [("acme", "csm")]
    assert (
        int(visitor_client.session["_auth_user_id"])
        == User.objects.get(email="ada@example.com").pk
    )


def test_a_visit_alone_joins_nobody(visitor_client, invitation):
    response = visitor_client.get(path(token_of(invitation)))

    assert response.status_code == 200
    assert roles_of("ada@example.com") == []


def test_a_known_person_has_to_sign_in_first(visitor_client, invitation):
    UserFactory(email="ada@example.com")

    response = visitor_client.post(path(token_of(invitation)), NEW)

    assert response.status_code == 200
    assert roles_of("ada@example.com") == []


def test_a_known_person_joins_when_signed_in(sign_in, invitation):
    ada = UserFactory(email="ada@example.com")

    response = sign_in(ada).post(path(token_of(invitation)))

    assert response.status_code == 302
    assert roles_of("ada@example.com") == [("acme", "csm")]


def test_somebody_else_signed_in_does_not_join(sign_in, invitation, user):
    UserFactory(email="ada@example.com")

    sign_in(user).post(path(token_of(invitation)), NEW)

    assert (roles_of("ada@example.com"), roles_of(user.email)) == ([], [])


def test_a_weak_password_is_refused_at_the_field(visitor_client, invitation):
    response = visitor_client.post(
        path(token_of(invitation)), {"name": "Ada", "password": "password"}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["password"]
    assert roles_of("ada@example.com") == []


def forged(invitation):
    return signing.dumps([invitation.tenant_id, str(invitation.pk)], salt="another")


def of_another_tenant(invitation):
    return signing.dumps(
        [invitation.tenant_id + 1, str(invitation.pk)], salt="tenants.invitation"
    )


def truncated(invitation):
    return token_of(invitation)[:-3]


def flipped(invitation):
    token = token_of(invitation)
    return token[:5] + ("a" if token[5] != "a" else "b") + token[6:]


BAD = [forged, of_another_tenant, truncated, flipped, lambda invitation: "x" * 500]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_bad_link_gets_the_one_refusal(
    visitor_client, other_tenant, invitation, bad, method
):
    response = getattr(visitor_client, method)(path(bad(invitation)), NEW)

    assert response.status_code == 404
    assert response.templates[0].name == "tenants/invitation_refused.html"
    assert User.objects.filter(email="ada@example.com").count() == 0


def test_an_expired_a_revoked_and_a_used_link_are_refused_alike(
    visitor_client, invitation, admin
):
    token = token_of(invitation)
    with time_machine.travel(NOON + timedelta(days=14), tick=False):
        expired = visitor_client.post(path(token), NEW)
    revoke_invitation(invitation, by=admin)
    revoked = visitor_client.post(path(token), NEW)
    Invitation.objects.update(revoked_at=None)
    first = visitor_client.post(path(token), NEW)
    visitor_client.logout()
    used = visitor_client.post(path(token), NEW | {"name": "Eve"})

    assert first.status_code == 302
    assert {expired.status_code, revoked.status_code, used.status_code} == {404}
    assert said(used) == said(expired) == said(revoked)
    assert roles_of("ada@example.com") == [("acme", "csm")]


def test_a_second_invitation_replaces_the_first(visitor_client, invitation, admin):
    with tenant_scope(invitation.tenant_id):
        second = invite(email="ADA@example.com", role=Role.LEAD, by=admin)

    refused = visitor_client.post(path(token_of(invitation)), NEW)
    accepted = visitor_client.post(path(token_of(second)), NEW)

    assert (refused.status_code, accepted.status_code) == (404, 302)
    assert roles_of("ada@example.com") == [("acme", "lead")]
