from datetime import date

import pytest

from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from worklist.models import Task
from worklist.services import create_task

LIST = "/api/v1/tasks/"


def make(tenant, number=1, **fields):
    defaults = {"kind": "renewal.call", "title": "Call", "due_on": date(2026, 5, 1)}
    with tenant_scope(tenant.pk):
        return [
            create_task(account=AccountFactory(), **defaults | {"owner": None} | fields)
            for _ in range(number)
        ]


def status_of(task, tenant):
    with tenant_scope(tenant.pk):
        return Task.objects.get(pk=task.pk).status


def test_a_task_tells_what_whose_until_when_and_why(api, tenant, csm):
    (task,) = make(tenant, owner=csm, because="It ends.")

    (row,) = api.get(LIST).json()["results"]

    del row["id"], row["created_at"]
    assert row == {
        "account": task.account.external_id,
        "kind": "renewal.call",
        "title": "Call",
        "due_on": "2026-05-01",
        "owner": csm.email,
        "status": "open",
        "priority": 3,
        "because": "It ends.",
        "path": "",
        "closed_at": None,
    }


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count(api, tenant, number, django_assert_num_queries):
    make(tenant, number)
    api.get(LIST)

    with django_assert_num_queries(9):
        rows = api.get(LIST).json()["results"]

    assert len(rows) == number


def test_tasks_are_filtered(api, tenant, csm, lead):
    make(tenant, owner=csm)
    (theirs,) = make(tenant, owner=lead)

    def owners(query):
        return [row["owner"] for row in api.get(LIST + query).json()["results"]]

    assert owners(f"?owner={lead.email}&status=open") == [lead.email]
    assert owners(f"?account={theirs.account.external_id}") == [lead.email]
    assert owners("?status=done") == []


def test_a_program_closes_and_opens_a_task(api, tenant):
    (task,) = make(tenant)
    seen = []

    for status in ("done", "done", "open", "dismissed"):
        answer = api.patch(f"{LIST}{task.pk}/", {"status": status}, format="json")
        seen.append(answer.json()["status"])

    assert seen == ["done", "done", "open", "dismissed"]
    assert status_of(task, tenant) == "dismissed"


@pytest.mark.parametrize(
    ("body", "field"), [({"status": "x"}, "status"), ({"title": "x"}, "title")]
)
def test_what_cannot_be_changed_is_400_at_the_field(api, tenant, body, field):
    (task,) = make(tenant)

    answer = api.patch(f"{LIST}{task.pk}/", body, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_only_a_writing_key_of_the_workspace_changes_a_task(
    reading_api, strangers_api, tenant
):
    (task,) = make(tenant)
    done = {"status": "done"}

    assert reading_api.get(f"{LIST}{task.pk}/").status_code == 200
    refused = reading_api.patch(f"{LIST}{task.pk}/", done, format="json")
    hidden = strangers_api.patch(f"{LIST}{task.pk}/", done, format="json")

    assert (refused.status_code, hidden.status_code) == (403, 404)
    assert status_of(task, tenant) == "open"
