"""A review is held: what it leaves behind on worklists, timelines and in letters."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.models import Note
from messaging.models import Message
from messaging.services import deliver
from qbr import services
from qbr.models import Commitment, Review, ReviewNote
from qbr.queries.commitments import last_time
from qbr.queries.summary import prepared
from renewals.models import Opportunity
from renewals.queries.checklist import checklists
from renewals.services import Muted
from tenants.models import AuditEntry
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.qbr import review_of
from tests.factories.renewals import renewal_of
from worklist.models import Task
from worklist.services import change_task, close_task, reopen_task

NOW = datetime(2026, 10, 12, 9, tzinfo=UTC)
DUE = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def account(in_tenant, csm):
    account = AccountFactory(owner=csm, name="Globus", band="green", score=85)
    ContactFactory(account=account, name="Anna", roles=["decision_maker"])
    ContactFactory(account=account, name="Zed", roles=["user"], email="")
    return account


@pytest.fixture
def review(account):
    return review_of(account)


def everybody(review):
    return [one.pk for one in review.attendees.all()]


def hold(review, by=None, came=None):
    return services.hold_review(
        review, came=everybody(review) if came is None else came, by=by
    )


def promise(review, words="Train ten people", side="ours", due_on=DUE, **fields):
    return services.promise(review, words=words, side=side, due_on=due_on, **fields)


def test_promises_become_tasks_when_the_review_is_held(review, csm):
    anna = review.account.contacts.get(name="Anna")
    ours, theirs = promise(review), promise(review, "Name a key user", "theirs",
                                            contact=anna)  # fmt: skip
    before = Task.objects.filter(kind__startswith="commitment").count()

    hold(review, by=csm)

    tasks = Task.objects.filter(kind__startswith="commitment").order_by("kind")
    assert before == 0
    assert [(t.title, t.owner, t.due_on, t.unique_key) for t in tasks] == [
        ("Globus: Train ten people", csm, DUE, f"commitment:{ours.pk}"),
        (
            "Ask Anna whether it is done: Name a key user",
            csm,
            DUE,
            f"commitment:{theirs.pk}",
        ),
    ]


def test_a_promise_after_the_meeting_is_a_task_at_once(review):
    made = promise(hold(review))

    assert made.task.title == "Globus: Train ten people"


def test_a_promise_typed_as_a_colleague_ends_the_meeting_is_a_task(review):
    seen_before = Review.objects.get(pk=review.pk)
    hold(review)

    made = promise(seen_before)

    assert made.task.unique_key == f"commitment:{made.pk}"
    assert services.remove_commitment(seen_before, made.pk) is False


def test_a_held_review_closes_its_preparation_and_is_on_the_timeline(review, csm):
    services.write_down(review, section="plan", words="Go to two sites", by=csm)

    hold(review, by=csm)

    note = Note.objects.get(account=review.account)
    assert Task.objects.get(kind="review.prepare").status == "done"
    assert (note.kind, note.body, str(note.contact)) == (
        "review",
        "Go to two sites",
        "Anna",
    )
    entry = AuditEntry.objects.get(action="review.held")
    assert (entry.by, entry.after["status"]) == (csm, "held")


def test_a_held_review_is_found_by_the_checklist_of_the_renewal(in_tenant, csm):
    renewal = renewal_of(ends_on=date(2026, 12, 31), owner=csm)
    review = review_of(renewal.account)

    before = checklists([renewal], zone="UTC")[renewal.pk]
    hold(review, by=csm)
    after = checklists([renewal], zone="UTC")[renewal.pk]

    assert [
        {state.item.key: state.is_done for state in one.states}["qbr"]
        for one in (before, after)
    ] == [False, True]


def test_who_came_and_who_decides_is_kept(review):
    anna = review.attendees.get(contact__name="Anna")

    hold(review, came=[anna.pk])

    rows = review.attendees.order_by("contact__name")
    assert [(str(r), r.attended, r.decides) for r in rows if r.contact_id] == [
        ("Anna", True, True),
        ("Zed", False, False),
    ]


def test_a_review_is_held_once(review):
    hold(review)

    with pytest.raises(services.Stale):
        hold(review)
    assert Note.objects.filter(kind="review").count() == 1


def test_the_clock_goes_from_part_to_part_and_stops_at_the_end(review):
    services.run_part(review, "opening", at=NOW)
    services.run_part(review, "results", at=NOW + timedelta(minutes=6))
    services.run_part(review, "results", at=NOW + timedelta(minutes=9))

    held = services.hold_review(review, at=NOW + timedelta(minutes=16))

    assert (held.spent, held.running, held.begun_at) == (
        {"opening": 360, "results": 600},
        "",
        NOW,
    )
    with pytest.raises(services.Stale):
        services.run_part(review, "plan")


def test_a_part_the_agenda_has_not_does_not_run(review):
    with pytest.raises(ValidationError):
        services.run_part(review, "dance")


def test_notes_of_two_people_lose_nothing_unseen(review, csm, lead):
    first = services.write_notes(review, "results", "Up", seen=0, by=csm)
    same = services.write_notes(review, "results", "Up", seen=0, by=lead)

    with pytest.raises(services.StaleNote) as stale:
        services.write_notes(review, "results", "Down", seen=0, by=lead)

    assert (first.revision, same.by, stale.value.note.words) == (1, csm, "Up")


def test_a_decision_is_taken_back_but_not_an_idea_that_went_on(review, csm):
    decision = services.write_down(review, section="plan", words="Two sites")
    idea = services.write_down(review, section="plan", words="Seats", kind="idea")
    pursue(review, idea, csm)

    gone = [services.strike_out(review, one.pk) for one in (decision, idea)]

    assert gone == [True, False]
    assert ReviewNote.objects.get().words == "Seats"


def pursue(review, idea, by):
    return services.pursue_idea(
        review, idea, kind="add_on", amount=1200, currency="USD", by=by, on=DUE
    )


def test_an_idea_becomes_one_opportunity_of_a_healthy_account(review, csm):
    idea = services.write_down(review, section="plan", words="Seats", kind="idea")

    made = [pursue(review, idea, csm) for _ in range(2)]

    assert made == [Opportunity.objects.get()] * 2
    assert (made[0].title, made[0].amount, made[0].owner) == ("Seats", 1200, csm)


def test_nothing_is_offered_to_an_account_in_trouble(review, csm):
    idea = services.write_down(review, section="plan", words="Seats", kind="idea")
    review.account.band = "amber"
    review.account.save()

    with pytest.raises(Muted):
        pursue(review, idea, csm)
    assert Opportunity.objects.count() == 0


def test_the_summary_says_what_was_discussed_decided_and_promised(review, csm):
    services.write_notes(review, "results", "Conversion 12 to 18 %", by=csm)
    services.write_down(review, section="plan", words="Two sites more")
    promise(review, owner=csm)
    anna = review.account.contacts.get(name="Anna")
    promise(review, "Name a key user", "theirs", contact=anna)
    hold(review, by=csm)
    review.refresh_from_db()

    assert prepared(review) == (
        "Thank you for the review of 12 Oct 2026. In short:\n\n"
        "DISCUSSED\n\n"
        "Results\nConversion 12 to 18 %\n\n"
        "DECIDED\n\n• Two sites more\n\n"
        "NEXT STEPS\n\n"
        f"We\n• Train ten people ({csm}, by 20 Oct 2026)\n\n"
        "You\n• Name a key user (Anna, by 20 Oct 2026)\n\n"
        "If something is missing, answer this mail."
    )


def test_the_summary_goes_to_whom_was_chosen_and_answers_to_the_owner(
    review, csm, in_tenant
):
    hold(review, by=csm)
    anna = review.account.contacts.get(name="Anna")

    services.send_summary(
        review, to=[anna.email.upper(), "else@x.example"], words="In short", by=csm
    )
    deliver(in_tenant.pk, seconds=1)

    review.refresh_from_db()
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == ([anna.email], [csm.email])
    assert "In short" in sent.body
    assert (review.status, review.sent_by) == ("followed_up", csm)
    with pytest.raises(services.Stale):
        services.send_summary(review, to=[anna.email], words="Again")


@pytest.mark.parametrize(
    ("to", "words", "field"),
    [
        (["anna"], "", "words"),
        (["anna"], " \n ", "words"),
        ([], "In short", "to"),
        (["else@x.example"], "In short", "to"),
    ],
)
def test_an_empty_letter_or_one_to_nobody_is_refused(to, words, field, review, csm):
    anna = review.account.contacts.get(name="Anna")
    hold(review, by=csm)
    services.keep_summary(review, "As kept")

    with pytest.raises(ValidationError) as refused:
        services.send_summary(
            review, to=[anna.email if one == "anna" else one for one in to], words=words
        )

    review.refresh_from_db()
    assert list(refused.value.message_dict) == [field]
    assert (review.status, review.summary) == ("held", "As kept")
    assert Message.objects.filter(kind="review.summary").count() == 0


def test_a_review_is_followed_up_without_a_letter_when_that_is_said(review, csm):
    hold(review, by=csm)

    services.close_without_letter(review, by=csm)

    review.refresh_from_db()
    entry = AuditEntry.objects.get(action="review.followed_up")
    assert (review.status, review.sent_by, entry.after["to"]) == (
        "followed_up",
        csm,
        [],
    )
    assert Message.objects.filter(kind="review.summary").count() == 0


def test_a_summary_somebody_else_changed_is_not_sent(review, csm):
    anna = review.account.contacts.get(name="Anna")
    held = hold(review, by=csm)
    services.keep_summary(review, "Mine", seen=held.revision)

    with pytest.raises(services.Stale):
        services.send_summary(
            review, to=[anna.email], words="Theirs", seen=held.revision
        )
    assert Message.objects.filter(kind="review.summary").count() == 0


def test_what_was_promised_opens_the_next_review(account, review, csm):
    kept, still_open = promise(review, "Kept"), promise(review, "Open")
    hold(review)
    services.close_commitment(kept, state="done", by=csm)
    second = review_of(account, due_on=date(2027, 1, 12))
    before = {one.words for one in last_time(second)}
    services.hold_review(second, at=NOW + timedelta(hours=1))
    third = review_of(account, due_on=date(2027, 4, 12))

    assert before == {"Kept", "Open"}
    assert [one.words for one in last_time(third)] == [still_open.words]


def test_what_was_typed_in_a_review_that_was_called_off_is_promised_to_nobody(
    account, review, csm
):
    promise(review, "Heard")
    hold(review)
    off = review_of(account, due_on=date(2027, 1, 12))
    typed, done = promise(off, "Typed"), promise(off, "Done before")
    services.close_commitment(done, state="done", by=csm)
    ahead = review_of(account, due_on=date(2027, 4, 12))
    before = [one.words for one in last_time(ahead)]

    services.cancel_review(off, why="No time", by=csm)

    typed.refresh_from_db()
    done.refresh_from_db()
    assert (typed.state, typed.done_by, done.state) == ("dropped", csm, "done")
    assert (before, [one.words for one in last_time(ahead)]) == (["Heard"], ["Heard"])


def test_what_was_kept_before_the_meeting_stays_kept(review, csm):
    kept, dropped, opened = (promise(review, words) for words in ("a", "b", "c"))
    services.close_commitment(kept, state="done", by=csm)
    services.close_commitment(dropped, state="dropped", by=csm)

    hold(review)
    services.follow_tasks()

    rows = Commitment.objects.order_by("words")
    assert [(one.words, one.state, one.task_id is None) for one in rows] == [
        ("a", "done", True),
        ("b", "dropped", True),
        ("c", "open", False),
    ]


def state(commitment):
    commitment.refresh_from_db()
    return commitment.state, commitment.owner


def test_the_worklist_and_the_promise_say_the_same(review, csm, lead):
    made = promise(review, owner=csm)
    hold(review)
    made.refresh_from_db()
    seen = []
    for step in (
        lambda: change_task(made.task, owner=lead),
        lambda: close_task(made.task, by=lead),
        lambda: reopen_task(made.task),
        lambda: close_task(made.task, by=lead, dismissed=True),
    ):
        step()
        services.follow_tasks()
        seen.append(state(made))

    assert seen == [
        ("open", lead),
        ("done", lead),
        ("open", lead),
        ("dropped", lead),
    ]
    assert services.follow_tasks() == 0


@pytest.mark.parametrize(
    ("states", "task"),
    [
        (["done"], "done"),
        (["dropped"], "dismissed"),
        (["done", "open"], "open"),
        (["done", "dropped"], "dismissed"),
    ],
)
def test_a_promise_that_is_closed_closes_its_task(states, task, review, csm):
    made = promise(review)
    hold(review)

    for one in states:
        services.close_commitment(made, state=one, by=csm)

    made.refresh_from_db()
    assert (made.state, made.task.status) == (states[-1], task)
    assert services.follow_tasks() == 0


def test_a_promise_said_otherwise_changes_its_task(review, csm, lead):
    anna = review.account.contacts.get(name="Anna")
    ours, theirs = promise(review, owner=csm), promise(review, "Name one", "theirs")
    hold(review)
    later = date(2026, 11, 5)

    services.change_commitment(ours, words="Train  twenty", owner=lead, due_on=later)
    services.change_commitment(theirs, words="Name two", contact=anna)

    tasks = Task.objects.filter(kind__startswith="commitment").order_by("kind")
    assert [(t.title, t.owner, t.due_on) for t in tasks] == [
        ("Globus: Train twenty", lead, later),
        ("Ask Anna whether it is done: Name two", csm, DUE),
    ]
    assert services.follow_tasks() == 0


def test_a_promise_without_an_owner_is_of_who_holds_the_review(review, csm, lead):
    made = promise(review, owner=lead)
    hold(review)

    services.change_commitment(made, owner=None)

    made.refresh_from_db()
    assert (made.owner, made.task.owner) == (csm, csm)


def test_a_task_that_is_put_off_puts_the_promise_off(review, csm):
    made = promise(review)
    hold(review)
    made.refresh_from_db()

    change_task(made.task, due_on=date(2026, 11, 9))
    followed = services.follow_tasks()

    made.refresh_from_db()
    entry = AuditEntry.objects.get(action="commitment.changed")
    assert (followed, made.due_on) == (1, date(2026, 11, 9))
    assert (entry.before["due_on"], entry.after["due_on"]) == (
        "2026-10-20",
        "2026-11-09",
    )
    assert services.follow_tasks() == 0


def test_a_promise_of_a_contact_of_another_account_is_not_taken(review):
    made = promise(review, side="theirs")

    with pytest.raises(ValidationError):
        services.change_commitment(made, contact=ContactFactory())

    made.refresh_from_db()
    assert made.contact is None


def test_a_promise_that_is_put_off_is_in_the_audit(review, csm):
    made = promise(review)
    hold(review)

    services.change_commitment(made, due_on=date(2026, 11, 1), by=csm)

    made.refresh_from_db()
    entry = AuditEntry.objects.get(action="commitment.changed")
    assert (made.task.due_on, entry.before["due_on"], entry.after["due_on"]) == (
        date(2026, 11, 1),
        "2026-10-20",
        "2026-11-01",
    )


def test_a_contact_of_another_account_promises_nothing(review, in_tenant):
    with pytest.raises(ValidationError):
        promise(review, side="theirs", contact=ContactFactory())
    assert Commitment.objects.count() == 0


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 10, 16), []),
        (date(2026, 10, 17), ["Due on 20 Oct 2026, promised to Globus: Train ten people"]),
        (date(2026, 10, 20), []),
        (
            date(2026, 10, 21),
            ["Late since 20 Oct 2026, promised to Globus: Train ten people"],
        ),
        (date(2026, 11, 30), []),
    ],
)  # fmt: skip
def test_owners_are_reminded_before_and_after_the_day(on, expected, review, csm):
    promise(review, owner=csm)
    hold(review)

    for _ in range(2):
        services.remind_of_commitments(on=on)

    told = Message.objects.filter(kind="review.commitment", channel="in_app")
    assert [one.subject for one in told] == expected
    assert {one.recipient for one in told} <= {csm}


def test_a_promise_nobody_heard_yet_is_not_reminded_of(review, csm):
    promise(review, owner=csm)

    assert services.remind_of_commitments(on=date(2026, 10, 18)) == 0
