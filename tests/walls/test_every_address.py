"""T-ISO-1, -2, -6: every address, with the ids of another workspace, by every person."""

import hashlib

import pytest
from django.db import connection
from django.test import Client

from tenants.models import Role
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tests.factories.tenants import MembershipFactory
from tests.walls.addresses import NOWHERE, addresses
from tests.walls.world import World, behind_the_wall, keys_of_rows

WORKSPACE = [a for a in addresses("cs_platform.workspace_urls")]
WITH_ID = [address for address in WORKSPACE if address.converters]
WITHOUT_ID = [address for address in WORKSPACE if not address.converters]
API = [
    address
    for address in addresses("cs_platform.urls")
    if address.route.startswith("api/v1/") and "format" not in str(address.converters)
]
# A colleague may change these although they may change nothing else: their own.
OWN = {"messaging_message", "messaging_preference", "insights_savedview"}


@pytest.fixture
def worlds(tenant, other_tenant):
    """Ours and theirs, each with a row in every table."""
    found = []
    for one in (tenant, other_tenant):
        with tenant_scope(one.pk):
            found.append(World(one))
    return found


def state(world):
    """What stands in every table of the workspace, as a digest a table."""
    digests = {}
    with tenant_scope(world.tenant.pk), connection.cursor() as cursor:
        for model in behind_the_wall():
            table = model._meta.db_table
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            text = "\n".join(row[0] for row in cursor.fetchall())
            digests[table] = hashlib.sha256(text.encode()).hexdigest()
    return digests


def client_of(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def fillings(address, world):
    """The address with every id of that workspace in it."""
    number = world.tenant.memberships.first().pk
    return {address.filled(key=key, number=number) for key in keys_of_rows(world)}


@pytest.mark.slow
@pytest.mark.parametrize("address", WITH_ID, ids=lambda address: address.name)
def test_their_ids_are_not_there_for_our_admin(worlds, address):
    ours, theirs = worlds
    client = client_of(ours.member)
    before = state(theirs)

    answers = {
        (method, path): getattr(client, method)("/t/acme" + path)
        for path in fillings(address, theirs)
        for method in ("get", "post")
    }

    assert {r.status_code for r in answers.values()} <= {404, 405}
    assert [k for k, r in answers.items() if theirs.canary.encode() in r.content] == []
    assert state(theirs) == before


@pytest.mark.parametrize("address", WITH_ID, ids=lambda address: address.name)
def test_a_foreign_id_answers_as_one_that_never_was(worlds, address):
    ours, theirs = worlds
    client = client_of(ours.member)
    number = theirs.tenant.memberships.first().pk
    key = keys_of_rows(theirs)[0]

    foreign = client.get("/t/acme" + address.filled(key=key, number=number))
    never = client.get("/t/acme" + address.filled(key=NOWHERE, number=10**9))

    assert foreign.status_code == never.status_code
    assert len(foreign.content) == len(never.content)


@pytest.mark.parametrize("address", WORKSPACE, ids=lambda address: address.name)
def test_a_stranger_finds_nothing_in_our_workspace(worlds, address):
    ours, theirs = worlds
    client = client_of(theirs.member)
    before = state(ours)
    number = ours.tenant.memberships.first().pk
    paths = [
        "/t/acme" + address.filled(key=key, number=number)
        for key in (keys_of_rows(ours) if address.converters else [NOWHERE])
    ]

    answers = [
        getattr(client, method)(path)
        for path in paths[:60]
        for method in ("get", "post", "put", "delete")
    ]

    assert {response.status_code for response in answers} == {404}
    assert state(ours) == before


@pytest.mark.parametrize("address", WORKSPACE, ids=lambda address: address.name)
def test_a_visitor_is_sent_to_sign_in(worlds, address):
    ours, _ = worlds
    number = ours.tenant.memberships.first().pk
    path = "/t/acme" + address.filled(key=NOWHERE, number=number)

    response = Client().get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


@pytest.mark.slow
@pytest.mark.parametrize("address", WORKSPACE, ids=lambda address: address.name)
def test_a_viewer_changes_nothing(worlds, address):
    ours, _ = worlds
    viewer = MembershipFactory(tenant=ours.tenant, role=Role.VIEWER).user
    client = client_of(viewer)
    before = state(ours)
    number = ours.tenant.memberships.first().pk
    keys = keys_of_rows(ours) if address.converters else [NOWHERE]

    answers = [
        client.post("/t/acme" + address.filled(key=key, number=number)) for key in keys
    ]

    assert [r.status_code for r in answers if r.status_code >= 500] == []
    after = state(ours)
    assert {table for table in before if before[table] != after[table]} <= OWN


@pytest.mark.parametrize("address", WITHOUT_ID, ids=lambda address: address.name)
@pytest.mark.parametrize("role", Role.values)
def test_no_page_shows_their_canary(worlds, address, role):
    """T-ISO-2: lists, searches, dashboards, exports."""
    ours, theirs = worlds
    user = MembershipFactory(tenant=ours.tenant, role=role).user
    client = client_of(user)

    path = "/t/acme" + address.filled()
    for query in ("", "?q=canary", f"?q={theirs.canary}", "?format=csv", "?sort=name"):
        response = client.get(path + query)

        body = b"".join(response) if response.streaming else response.content
        body = body.replace(f"?q={theirs.canary}".encode(), b"")
        body = body.replace(f'value="{theirs.canary}"'.encode(), b"")
        assert response.status_code in {200, 302, 404, 405, 422}
        assert theirs.canary.encode() not in body, path + query


@pytest.mark.slow
@pytest.mark.parametrize("address", API, ids=lambda address: address.route)
def test_their_ids_are_not_there_for_our_key(worlds, address):
    ours, theirs = worlds
    with tenant_scope(ours.tenant.pk):
        _, secret = create_api_key(name="ours")
    client = Client(
        raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"}
    )
    before = state(theirs)
    number = theirs.tenant.memberships.first().pk
    keys = keys_of_rows(theirs) if address.converters else [NOWHERE]

    answers = {}
    for key in keys:
        path = address.filled(key=key, number=number)
        for method in ("get", "put", "patch", "delete", "post"):
            body = {} if method in {"get", "delete"} else {"data": "{}"}
            send = getattr(client, method)
            answers[method, path] = send(path, content_type="application/json", **body)

    wrong = {k: r.status_code for k, r in answers.items() if r.status_code >= 500}
    assert wrong == {}
    shown = [k for k, r in answers.items() if theirs.canary.encode() in r.content]
    assert shown == []
    if address.converters:
        reads = {
            r.status_code for (m, _), r in answers.items() if m in {"get", "delete"}
        }
        assert reads <= {404, 405}
    assert state(theirs) == before
