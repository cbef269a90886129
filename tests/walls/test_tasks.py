"""T-ISO-4, -5, -7: workers, threads and tabs keep to one workspace."""

import inspect
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import current_app
from django.db import connection, connections
from django.test import Client

from accounts.models import Account
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.test_house_style import OUR_APPS


def our_tasks():
    current_app.loader.import_default_modules()
    return {
        name: task
        for name, task in current_app.tasks.items()
        if name.split(".")[0] in OUR_APPS
    }


def test_a_task_names_its_tenant_or_sweeps_over_all():
    odd = {
        name: list(inspect.signature(task.run).parameters)
        for name, task in our_tasks().items()
        if list(inspect.signature(task.run).parameters)[:1] not in (["tenant_id"], [])
    }

    assert len(our_tasks()) >= 7
    assert odd == {}


@pytest.mark.slow
def test_threads_with_kept_connections_mix_nothing_up(committed):
    """T-ISO-5: 200 requests of two workspaces, interleaved over four threads."""
    people = {}
    for slug in ("acme", "globex"):
        tenant = TenantFactory(slug=slug)
        people[slug] = MembershipFactory(tenant=tenant, role=Role.ADMIN).user
        with tenant_scope(tenant.pk):
            AccountFactory.create_batch(3, name=f"of {slug}")

    def ask(number):
        slug = ("acme", "globex")[number % 2]
        client = Client()
        client.force_login(people[slug])
        page = client.get(f"/t/{slug}/accounts/").content.decode()
        other = ("acme", "globex")[(number + 1) % 2]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_account")
            left_open = cursor.fetchone()[0]
        return page.count(f"of {slug}") > 0, f"of {other}" in page, left_open

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(200)))
        list(pool.map(lambda _: connections.close_all(), range(4)))

    assert set(answers) == {(True, False, 0)}


def test_a_stale_form_of_one_workspace_writes_nothing_in_another(db, sign_in):
    """T-ISO-7: one person in two workspaces; the tab of A posts into B."""
    ours, theirs = TenantFactory(slug="acme"), TenantFactory(slug="globex")
    person = MembershipFactory(tenant=ours, role=Role.ADMIN).user
    MembershipFactory(tenant=theirs, user=person, role=Role.ADMIN)
    with tenant_scope(ours.pk):
        account = AccountFactory(name="Before")
    client = sign_in(person)

    response = client.post(f"/t/globex/accounts/{account.pk}/edit/", {"name": "After"})

    assert response.status_code == 404
    with tenant_scope(ours.pk):
        assert Account.objects.get().name == "Before"
    with tenant_scope(theirs.pk):
        assert Account.objects.count() == 0
