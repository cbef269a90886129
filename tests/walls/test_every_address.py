"""T-ISO-1, -2, -6: every address, with the ids of another workspace, by every person.

Each test walks all there are and says at the end which of them gave something away.
"""

import hashlib
import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from tenants.models import Role
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tests.factories.tenants import MembershipFactory
from tests.walls.addresses import NOWHERE, addresses, wants_uuid
from tests.walls.lookups import looked_up
from tests.walls.world import World, behind_the_wall, keys_of_rows

WORKSPACE = addresses("cs_platform.workspace_urls")
WITH_ID = [address for address in WORKSPACE if address.converters]
WITHOUT_ID = [address for address in WORKSPACE if not address.converters]
API = [
    address
    for address in addresses("cs_platform.urls")
    if address.route.startswith("api/v1/") and "format" not in str(address.converters)
]
# A colleague may change these although they may change nothing else: their own.
OWN = {
    "messaging_message",
    "messaging_preference",
    "messaging_quiethours",
    "insights_savedview",
}
# Written down by asking, whoever asks: when a key was last used.
ASKED = {"tenants_apikey"}

pytestmark = pytest.mark.slow


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


def paths(address, world, models=None):
    """The address with every id of that workspace that its form takes, or of these."""
    if not address.converters:
        return [address.filled()]
    number = world.tenant.memberships.order_by("pk").first().pk
    keys = keys_of_rows(world, models)
    if wants_uuid(address):
        keys = [key for key in keys if re.fullmatch(r"[0-9a-f-]{36}", key)]
    return sorted({address.filled(key=key, number=number) for key in keys})


def telling_paths(address, world, learner):
    """The address with every id of that workspace that it looks for (see lookups)."""
    models = looked_up(address, learner) if address.converters else None
    return paths(address, world, models) or paths(address, world)


@pytest.fixture
def learner(worlds):
    """Sends an empty request of each kind to an address, as our admin."""
    client = client_of(worlds[0].member)

    def ask(path):
        for method in ("get", "post"):
            getattr(client, method)("/t/acme" + path)

    return ask


def shows(response, world):
    """Whether any text of that workspace is in the answer (an echoed search is not)."""
    body = b"".join(response) if response.streaming else response.content
    return re.search(rb"%s \w" % world.canary.encode(), body) is not None


def test_their_ids_are_not_there_for_our_admin(worlds, learner):
    ours, theirs = worlds
    client = client_of(ours.member)
    before = state(theirs)

    found = {}
    for address in WITH_ID:
        for path in telling_paths(address, theirs, learner):
            for method in ("get", "post"):
                response = getattr(client, method)("/t/acme" + path)
                if response.status_code not in (404, 405) or shows(response, theirs):
                    found[method, path] = response.status_code

    assert found == {}
    assert state(theirs) == before


def without_echo(answer, path):
    """The page, but for its own address and what is drawn anew on every visit."""
    body = re.sub(
        r'(nonce="|content="|value="|Token": ")[^"]*"', "", answer.content.decode()
    )
    return body.replace(path, "").replace(quote(path, safe=""), "")


def test_a_foreign_id_answers_as_one_that_never_was(worlds):
    ours, theirs = worlds
    client = client_of(ours.member)

    different = []
    for address in WITH_ID:
        path = paths(address, theirs)[0]
        never = address.filled(key=NOWHERE, number=10**9)
        answers = [client.get("/t/acme" + one) for one in (path, never)]
        bodies = [
            without_echo(answer, one)
            for answer, one in zip(answers, (path, never), strict=True)
        ]
        if answers[0].status_code != answers[1].status_code or bodies[0] != bodies[1]:
            different.append(address.name)

    assert different == []


def test_a_stranger_finds_nothing_in_our_workspace(worlds):
    ours, theirs = worlds
    client = client_of(theirs.member)
    before = state(ours)

    found = {}
    for address in WORKSPACE:
        for path in paths(address, ours)[:8]:
            for method in ("get", "post", "put", "delete"):
                response = getattr(client, method)("/t/acme" + path)
                if response.status_code != 404 or shows(response, ours):
                    found[method, path] = response.status_code

    assert found == {}
    assert state(ours) == before


def test_a_visitor_is_sent_to_sign_in(worlds):
    ours, _ = worlds

    answers = {
        address.name: Client().get("/t/acme" + paths(address, ours)[0])
        for address in WORKSPACE
    }

    assert {
        name: response.status_code
        for name, response in answers.items()
        if not response.get("Location", "").startswith("/sign-in/?next=")
    } == {}


def test_a_viewer_changes_nothing(worlds, learner):
    ours, _ = worlds
    viewer = MembershipFactory(tenant=ours.tenant, role=Role.VIEWER).user
    client = client_of(viewer)
    before = state(ours)

    failed = {}
    for address in WORKSPACE:
        for path in telling_paths(address, ours, learner):
            response = client.post("/t/acme" + path)
            if response.status_code >= 500:
                failed[path] = response.status_code

    assert failed == {}
    after = state(ours)
    assert {table for table in before if before[table] != after[table]} <= OWN


@pytest.mark.parametrize("role", Role.values)
def test_no_page_shows_their_canary(worlds, role):
    """T-ISO-2: lists, searches, dashboards, exports, by every role."""
    ours, theirs = worlds
    client = client_of(MembershipFactory(tenant=ours.tenant, role=role).user)
    asked = ("", "?q=canary", f"?q={theirs.canary}", "?format=csv", "?sort=name")

    found = {}
    for address in WITHOUT_ID:
        for query in asked:
            response = client.get("/t/acme" + address.filled() + query)
            is_odd = response.status_code not in {200, 302, 404, 405, 422}
            if is_odd or shows(response, theirs):
                found[address.name, query] = response.status_code

    assert found == {}


def test_their_ids_are_not_there_for_our_key(worlds, settings):
    settings.API_RATE_PER_KEY = settings.API_RATE_PER_TENANT = "1000000/minute"
    ours, theirs = worlds
    with tenant_scope(ours.tenant.pk):
        _, secret = create_api_key(name="ours")
    headers = {"Authorization": f"Bearer {secret}"}
    client = Client(raise_request_exception=False, headers=headers)
    methods = ("get", "put", "patch", "delete", "post")

    def send(method, path):
        body = {} if method in {"get", "delete"} else {"data": "{}"}
        return getattr(client, method)(path, content_type="application/json", **body)

    def learner(path):
        for method in methods:
            send(method, path)

    before = state(theirs)

    found = {}
    for address in API:
        for path in telling_paths(address, theirs, learner):
            for method in methods:
                response = send(method, path)
                is_read = address.converters and method in {"get", "delete", "patch"}
                is_there = is_read and response.status_code not in (404, 405)
                if is_there or response.status_code >= 500 or shows(response, theirs):
                    found[method, path] = response.status_code

    assert found == {}
    after = state(theirs)
    assert {table for table in before if before[table] != after[table]} == set()


def test_without_a_key_the_api_says_nothing(worlds):
    _, theirs = worlds

    answers = {
        (method, path): getattr(Client(raise_request_exception=False), method)(path)
        for address in API
        if "schema" not in address.route and "docs" not in address.route
        for path in paths(address, theirs)[:3]
        for method in ("get", "post", "put", "delete")
    }

    assert {
        where: response.status_code
        for where, response in answers.items()
        if response.status_code not in (401, 404, 405) or shows(response, theirs)
    } == {}
