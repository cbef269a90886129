"""T-ISO-5: behind a transaction pooler with one connection nobody sees another's."""

import http.client
import json
import re
import subprocess
import sys
import uuid

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from tenants.models import Role
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.faults.pooler import pooled_environment
from tests.usage.live import at_once, web
from usage.models import Event, IngestBatch
from usage.services import doors

REQUESTS = 200
KINDS = ("person", "program", "sender", "nobody")
THREADS = 4


class Workspace:
    """One of the two, with all that opens it, and a word that only it contains."""

    def __init__(self, slug):
        self.canary = f"canary-{slug}"
        self.tenant = TenantFactory(slug=slug)
        member = MembershipFactory(tenant=self.tenant, role=Role.LEAD).user
        self.key = f"c0{slug[0] * 23}"
        with tenant_scope(self.tenant.pk):
            ContractFactory(account=AccountFactory(name=self.canary, owner=member))
            doors.create_source(name="Product", key=self.key)
            secret = create_api_key(name="Program", scopes=["read"])[1]
        self.program = {"Authorization": f"Bearer {secret}"}
        client = Client()
        client.force_login(member)
        name = settings.SESSION_COOKIE_NAME
        self.person = {"Cookie": f"{name}={client.cookies[name].value}"}
        self.sent = []

    def ask(self, number, port, environment):
        """The request of this number: which workspaces the answer speaks of."""
        kind = KINDS[number // 2 % len(KINDS)]
        if kind == "nobody":
            return "nobody", *seen_by_nobody(environment)
        if kind == "person":
            return said(port, "GET", f"/t/{self.tenant.slug}/accounts/", self.person)
        if kind == "program":
            return said(port, "GET", "/api/v1/accounts/", self.program)
        self.sent.append(uuid.uuid4().hex)
        message = {
            "type": "track",
            "event": self.canary,
            "userId": "u",
            "messageId": self.sent[-1],
        }
        value = {"batch": [message], "writeKey": self.key}
        return said(port, "POST", "/v1/batch", {}, json.dumps(value))

    def events(self):
        with tenant_scope(self.tenant.pk):
            return sorted(Event.objects.values_list("message_id", "name"))


def seen_by_nobody(environment):
    """The accounts that one who is in no workspace finds, over which connection of the
    server: what the last transaction left behind would show."""
    connection = psycopg2.connect(environment["APP_DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_account")
        names = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT pg_backend_pid()")
        (served_by,) = cursor.fetchone()
    connection.close()
    return names, served_by


def said(port, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    words = set(re.findall(r"canary-\w+", answer.read().decode()))
    connection.close()
    return method, answer.status, words


@pytest.mark.slow
@pytest.mark.fault
def test_200_interleaved_requests_over_one_connection_are_not_mixed_up(
    committed, tmp_path
):
    both = Workspace("acme"), Workspace("globex")
    connections.close_all()  # only those over the pooler are left

    with pooled_environment() as environment:
        # DEBUG: no static files have been collected.
        environment |= {"DEBUG": "1", "CONN_MAX_AGE": "600"}
        with web(tmp_path, environment=environment, workers=1, threads=THREADS) as it:
            answers = at_once(
                [
                    lambda n=n: both[n % 2].ask(n, it.port, environment)
                    for n in range(REQUESTS)
                ],
                threads=THREADS,
            )
        for command in ("roll_up", "recompute_health", "fire_reminders"):
            subprocess.run(
                [sys.executable, "manage.py", command],
                cwd=settings.BASE_DIR,
                env=environment,
                check=True,
            )

    served_by = {answer[2] for answer in answers if answer[0] == "nobody"}
    assert len(served_by) == 1
    assert answers == [
        {
            "person": ("GET", 200, {one.canary}),
            "program": ("GET", 200, {one.canary}),
            "sender": ("POST", 200, set()),
            "nobody": ("nobody", set(), *served_by),
        }[KINDS[n // 2 % len(KINDS)]]
        for n in range(REQUESTS)
        for one in [both[n % 2]]
    ]
    for one in both:
        assert one.events() == sorted((pk, one.canary) for pk in one.sent)
        with tenant_scope(one.tenant.pk):
            assert IngestBatch.objects.filter(rolled_up_at=None).count() == 0
