"""A task on a bad day says so, and its good day is taken with one click."""

from datetime import date

import pytest
import time_machine

from accounts.services import set_calendar
from renewals.services import fire_reminders
from tests.factories.accounts import AccountFactory
from tests.factories.renewals import renewal_of
from worklist import services
from worklist.models import Task

TODAY = "2026-06-10T09:00:00+00:00"


@pytest.fixture
def summer(in_tenant):
    set_calendar(dead_months=[7, 8])
    with time_machine.travel(TODAY, tick=False):
        yield in_tenant


def make_task(owner, **fields):
    defaults = {"kind": "call", "title": "Call", "owner": owner}
    return services.create_task(**defaults | {"due_on": date(2026, 7, 10)} | fields)


def rows(client):
    return client.get("/t/acme/tasks/").context["rows"]


def test_a_task_in_a_dead_month_proposes_the_nearest_good_day(csm_client, csm, summer):
    make_task(csm)

    (row,) = rows(csm_client)
    page = csm_client.get("/t/acme/tasks/").content.decode()

    assert row["note"].said == (
        "10 Jul 2026 is in July, a dead month here."
        " The nearest good day is Tuesday, 30 Jun 2026."
    )
    assert '<input type="hidden" name="due_on" value="2026-06-30">' in page


@pytest.mark.parametrize("htmx", [True, False])
def test_the_good_day_is_taken_with_one_click(csm_client, csm, summer, htmx):
    task = make_task(csm)
    headers = {"HX-Request": "true"} if htmx else {}

    answer = csm_client.post(
        f"/t/acme/tasks/{task.pk}/due/", {"due_on": "2026-06-30"}, headers=headers
    )

    assert answer.status_code == (200 if htmx else 302)
    assert Task.objects.get().due_on == date(2026, 6, 30)
    assert rows(csm_client)[0]["note"] is None


def test_no_word_about_good_days_past_days_and_closed_tasks(csm_client, csm, summer):
    make_task(csm, due_on=date(2026, 6, 11))
    make_task(csm, due_on=date(2026, 6, 6))

    assert [row["note"] for row in rows(csm_client)] == [None, None]


def test_a_viewer_reads_the_note_without_the_button(viewer_client, csm, summer):
    make_task(csm, account=AccountFactory())

    page = viewer_client.get("/t/acme/tasks/?whose=all").content.decode()

    assert ("a dead month here" in page, 'name="due_on"' in page) == (True, False)


def test_after_a_save_the_message_says_so(csm_client, csm, summer):
    fields = {"title": "Call", "owner": csm.pk, "due_on": "2026-07-10", "priority": 3}

    page = csm_client.post("/t/acme/tasks/new/", fields, follow=True)

    said = [str(message) for message in page.context["messages"]]
    assert said[0] == "The task is on the list."
    assert said[1].startswith("10 Jul 2026 is in July, a dead month here.")


def test_the_form_asks_while_one_types(csm_client, summer):
    page = csm_client.get("/t/acme/tasks/new/").content.decode()

    assert 'hx-get="/t/acme/calendar/day/"' in page
    assert 'class="day-note"' in page


def test_a_task_of_the_ladder_says_its_day_is_a_bad_one(in_tenant, csm):
    set_calendar(dead_months=[7, 8])
    renewal_of(ends_on=date(2026, 11, 6), owner=csm)

    fire_reminders(on=date(2026, 7, 9))

    task = Task.objects.get()
    assert task.due_on == date(2026, 7, 16)
    assert task.because.endswith(
        "16 Jul 2026 is in July, a dead month here."
        " The nearest good day is Tuesday, 1 Sep 2026."
    )


def test_the_ladder_says_it_once(csm_client, in_tenant, csm):
    set_calendar(dead_months=[7, 8])
    renewal_of(ends_on=date(2026, 11, 6), owner=csm)
    fire_reminders(on=date(2026, 7, 9))

    with time_machine.travel("2026-07-09T09:00:00+00:00", tick=False):
        page = csm_client.get("/t/acme/tasks/").content.decode()

    assert page.count("a dead month here") == 1
    assert 'value="2026-09-01"' in page


def test_the_next_step_of_a_renewal_is_moved_with_one_click(csm_client, csm, summer):
    renewal = renewal_of(ends_on=date(2026, 11, 6), owner=csm)
    path = f"/t/acme/renewals/{renewal.pk}/"
    plan = {"next_step": "Meet", "next_step_on": "2026-07-10", "seen": ""}
    page = csm_client.post(path + "plan/", plan, follow=True)
    said = [str(message) for message in page.context["messages"]]
    note = page.context["day_note"]

    taken = plan | {
        "next_step_on": str(note.better),
        "seen": page.context["renewal"].plan_mark,
    }
    after = csm_client.post(path + "plan/", taken, follow=True)

    assert said[1].startswith("10 Jul 2026 is in July, a dead month here.")
    assert f'name="next_step_on" value="{note.better}"' in page.content.decode()
    assert after.context["renewal"].next_step_on == date(2026, 6, 30)
    assert after.context["day_note"] is None
