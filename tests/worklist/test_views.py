"""The lists of tasks and alerts: whose, at what cost, and who may change what."""

from datetime import date, timedelta

import pytest
import time_machine

from tenants.models import Membership
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from worklist import services
from worklist.models import Alert, Task
from worklist.queries import lists

TODAY = date(2026, 5, 10)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-05-10T12:00:00Z", tick=False):
        yield


def make(tenant, owner=None, *, title="Call", due=0, account_owner=None, **fields):
    with tenant_scope(tenant.pk):
        return services.create_task(
            kind="task.by_hand",
            title=title,
            owner=owner,
            due_on=TODAY + timedelta(days=due),
            account=AccountFactory(owner=account_owner),
            **fields,
        )


def alert(tenant, owner=None, *, subject="s", account_owner=None):
    with tenant_scope(tenant.pk):
        return services.open_alert(
            kind="renewal.stuck",
            subject=subject,
            title=f"Stuck {subject}",
            owner=owner,
            account=AccountFactory(owner=account_owner),
        )


def fresh(row, tenant):
    with tenant_scope(tenant.pk):
        return type(row).objects.get(pk=row.pk)


def titles(client, query="", page="tasks"):
    response = client.get(f"/t/acme/{page}/{query}")
    return [row["title"] for row in response.context["rows"]]


@pytest.mark.parametrize("number", [1, 3])
def test_task_list_query_count(
    csm_client, csm, tenant, number, django_assert_num_queries
):
    for _ in range(number):
        make(tenant, csm)

    with django_assert_num_queries(15):
        response = csm_client.get("/t/acme/tasks/")

    assert len(response.context["rows"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_alert_list_query_count(
    lead_client, lead, tenant, number, django_assert_num_queries
):
    for n in range(number):
        alert(tenant, lead, subject=str(n))

    with django_assert_num_queries(13):
        response = lead_client.get("/t/acme/alerts/")

    assert len(response.context["rows"]) == number


def test_own_tasks_come_first_overdue_on_top(csm_client, csm, lead, tenant):
    make(tenant, csm, title="later", due=5)
    make(tenant, csm, title="overdue", due=-3)
    make(tenant, csm, title="today")
    make(tenant, lead, title="of the lead")

    assert titles(csm_client) == ["overdue", "today", "later"]
    assert titles(csm_client, "?due=overdue") == ["overdue"]
    assert titles(csm_client, "?due=today") == ["overdue", "today"]
    assert titles(csm_client, f"?whose={lead.pk}") == ["of the lead"]
    assert titles(csm_client, "?whose=all&q=lead") == ["of the lead"]
    assert titles(csm_client, "?sort=-due_on") == ["later", "today", "overdue"]


def test_a_lead_sees_the_team_that_reports_to_them(lead_client, csm, lead, ops, tenant):
    boss = Membership.objects.get(user=lead)
    Membership.objects.filter(user=csm).update(reports_to=boss)
    make(tenant, csm, title="of the team")
    make(tenant, ops, title="of another team")

    assert titles(lead_client, "?whose=team") == ["of the team"]


def test_pages_go_on_from_the_last_row(csm_client, csm, tenant, monkeypatch):
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    for n in range(3):
        make(tenant, csm, title=str(n), due=n)

    first = csm_client.get("/t/acme/tasks/").context
    second = csm_client.get("/t/acme/tasks/" + first["next_url"]).context
    back = csm_client.get("/t/acme/tasks/" + second["previous_url"]).context

    shown = [[row["title"] for row in page["rows"]] for page in (first, second, back)]
    assert shown == [["0", "1"], ["2"], ["0", "1"]]


def test_a_task_is_closed_in_the_row_and_can_be_opened_again(csm_client, csm, tenant):
    task = make(tenant, csm)
    htmx = {"HX-Request": "true"}

    done = csm_client.post(f"/t/acme/tasks/{task.pk}/closing/", headers=htmx)
    assert fresh(task, tenant).status == Task.Status.DONE
    assert f"/t/acme/tasks/{task.pk}/reopening/" in done["HX-Trigger"]
    csm_client.post(f"/t/acme/tasks/{task.pk}/reopening/", headers=htmx)

    assert fresh(task, tenant).status == Task.Status.OPEN


def test_a_task_is_dismissed_given_away_and_put_off(csm_client, csm, lead, tenant):
    first, second = make(tenant, csm), make(tenant, csm)
    base = f"/t/acme/tasks/{second.pk}"

    csm_client.post(f"/t/acme/tasks/{first.pk}/closing/", {"dismissed": "1"})
    csm_client.post(f"{base}/due/", {"due_on": "2026-06-01"})
    csm_client.post(f"{base}/owner/", {"owner": lead.pk})

    assert fresh(first, tenant).status == Task.Status.DISMISSED
    changed = fresh(second, tenant)
    assert (changed.due_on, changed.owner_id) == (date(2026, 6, 1), lead.pk)


@pytest.mark.parametrize(
    ("rest", "body"), [("due", {"due_on": "x"}), ("owner", {"owner": "0"})]
)
def test_a_bad_change_is_422_in_the_row(csm_client, csm, tenant, rest, body):
    task = make(tenant, csm)

    response = csm_client.post(
        f"/t/acme/tasks/{task.pk}/{rest}/", body, headers={"HX-Request": "true"}
    )

    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_a_task_cannot_be_given_to_a_viewer(csm_client, csm, viewer, tenant):
    task = make(tenant, csm)

    csm_client.post(
        f"/t/acme/tasks/{task.pk}/owner/",
        {"owner": viewer.pk},
        headers={"HX-Request": "true"},
    )

    assert fresh(task, tenant).owner_id == csm.pk


def test_a_task_is_made_by_hand(csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory(name="Nova", external_id="nova")

    csm_client.post(
        "/t/acme/tasks/new/",
        {
            "title": "Call",
            "account": "nova",
            "owner": csm.pk,
            "due_on": "2026-05-12",
            "priority": "2",
        },
    )

    with tenant_scope(tenant.pk):
        task = Task.objects.get()
    assert (task.title, task.account_id, task.owner_id, task.created_by_id) == (
        "Call",
        account.pk,
        csm.pk,
        csm.pk,
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"account": "nobody"}, "account"),
        ({"account": "Same"}, "account"),
        ({"owner": "0"}, "owner"),
        ({"due_on": "31.02.2026"}, "due_on"),
        ({"priority": "9"}, "priority"),
    ],
)
def test_a_bad_task_is_422_at_the_field(csm_client, csm, tenant, wrong, field):
    with tenant_scope(tenant.pk):
        AccountFactory(name="Same")
        AccountFactory(name="Same")
    body = {"title": "x", "owner": csm.pk, "due_on": "2026-05-12", "priority": "3"}

    response = csm_client.post("/t/acme/tasks/new/", body | wrong)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_an_alert_is_acknowledged_and_resolved(csm_client, csm, lead, tenant):
    one = alert(tenant, lead, account_owner=csm)
    base = f"/t/acme/alerts/{one.pk}"

    csm_client.post(f"{base}/acknowledgement/", headers={"HX-Request": "true"})
    assert fresh(one, tenant).acknowledged_by_id == csm.pk
    csm_client.post(f"{base}/resolution/", headers={"HX-Request": "true"})

    assert fresh(one, tenant).resolved_by_id == csm.pk
    assert titles(csm_client, page="alerts") == []
    assert titles(csm_client, "?state=over", page="alerts") == ["Stuck s"]


TASK_POSTS = ("closing", "reopening", "owner", "due")
ALERT_POSTS = ("acknowledgement", "resolution")


@pytest.mark.parametrize("rest", TASK_POSTS)
def test_a_colleague_reads_but_does_not_change_a_task(csm_client, lead, tenant, rest):
    task = make(tenant, lead, account_owner=lead)
    before = fresh(task, tenant).__dict__

    assert titles(csm_client, "?whose=all") == ["Call"]
    response = csm_client.post(
        f"/t/acme/tasks/{task.pk}/{rest}/", {"owner": "1", "due_on": "2027-01-01"}
    )

    assert response.status_code == 404
    after = fresh(task, tenant).__dict__
    assert {k: v for k, v in after.items() if k != "_state"} == {
        k: v for k, v in before.items() if k != "_state"
    }


@pytest.mark.parametrize("rest", ALERT_POSTS)
def test_a_colleague_reads_but_does_not_change_an_alert(csm_client, lead, tenant, rest):
    one = alert(tenant, lead, account_owner=lead)

    assert titles(csm_client, page="alerts") == ["Stuck s"]
    response = csm_client.post(f"/t/acme/alerts/{one.pk}/{rest}/")

    assert response.status_code == 404
    kept = fresh(one, tenant)
    assert (kept.acknowledged_at, kept.resolved_at) == (None, None)


def test_a_viewer_changes_nothing(viewer_client, viewer, tenant):
    task, one = make(tenant, viewer), alert(tenant, viewer)
    posts = [f"tasks/{task.pk}/{rest}" for rest in TASK_POSTS]
    posts += [f"alerts/{one.pk}/{rest}" for rest in ALERT_POSTS]
    posts += ["tasks/new"]

    answers = {viewer_client.post(f"/t/acme/{rest}/").status_code for rest in posts}

    assert answers == {404}
    assert fresh(task, tenant).status == Task.Status.OPEN


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_a_stranger_finds_nothing(stranger_client, csm, tenant, slug):
    task, one = make(tenant, csm), alert(tenant, csm)
    posts = [f"tasks/{task.pk}/{rest}" for rest in TASK_POSTS]
    posts += [f"alerts/{one.pk}/{rest}" for rest in ALERT_POSTS]

    answers = {stranger_client.post(f"/t/{slug}/{rest}/").status_code for rest in posts}

    assert answers == {404}
    assert (fresh(task, tenant).status, fresh(one, tenant).resolved_at) == (
        Task.Status.OPEN,
        None,
    )
    with tenant_scope(tenant.pk):
        assert (Task.objects.count(), Alert.objects.count()) == (1, 1)


def test_a_closed_portfolio_hides_the_tasks_of_others(csm_client, csm, lead, tenant):
    make(tenant, lead, title="theirs", account_owner=lead)
    make(tenant, lead, title="of my account", account_owner=csm)
    make(tenant, csm, title="mine", account_owner=lead)
    tenant.is_portfolio_closed = True
    tenant.save()

    assert sorted(titles(csm_client, "?whose=all")) == ["mine", "of my account"]


HIDDEN_PAGES = {
    "tasks/": "Their call",
    "alerts/": "Stuck s",
    "": "Their call",
    "search/?q=their": "Their call",
}


@pytest.mark.parametrize("page", HIDDEN_PAGES)
@pytest.mark.parametrize("is_closed", [False, True])
def test_my_task_about_a_hidden_account_is_there_without_the_way_to_it(
    csm_client, csm, lead, tenant, page, is_closed
):
    task = make(tenant, csm, title="Their call", account_owner=lead, path="/secret/")
    one = alert(tenant, csm, account_owner=lead)
    tenant.is_portfolio_closed = is_closed
    tenant.save()

    body = csm_client.get(f"/t/acme/{page}").content.decode()

    assert HIDDEN_PAGES[page] in body
    ways = [f"/accounts/{row.account_id}/" in body for row in (task, one)]
    assert (any(ways), is_closed) in [(True, False), (False, True)]
    assert not (is_closed and "/secret/" in body)


def test_a_new_task_sent_twice_is_made_once(csm_client, csm, tenant):
    form = csm_client.get("/t/acme/tasks/new/").context["form"]
    data = {name: str(form[name].value() or "") for name in form.fields}
    data |= {"title": "Call them"}

    answers = [csm_client.post("/t/acme/tasks/new/", data) for _ in range(2)]
    csm_client.post("/t/acme/tasks/new/", data | {"title": "And write"})

    assert [answer.status_code for answer in answers] == [302, 302]
    with tenant_scope(tenant.pk):
        made = Task.objects.order_by("title").values_list("title", flat=True)
        assert list(made) == ["And write", "Call them"]
