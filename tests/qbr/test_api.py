"""Reviews, commitments and goals for programs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from messaging.models import Message
from qbr import services
from qbr.models import Commitment, Goal, Review
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.qbr import review_of
from tests.qbr.test_goals import THE_THREE
from worklist.models import Task

REVIEWS, COMMITMENTS, GOALS, REPORTS = (
    f"/api/v1/{name}/" for name in ("reviews", "commitments", "goals", "reports")
)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 10, 1, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def account(tenant, csm):
    with tenant_scope(tenant.pk):
        account = AccountFactory(external_id="globus", owner=csm, tier="high")
        ContactFactory(account=account, external_id="anna", name="Anna",
                       email="anna@globus.example", roles=["decision_maker"])  # fmt: skip
        return account


@pytest.fixture
def review(tenant, account):
    with tenant_scope(tenant.pk):
        return review_of(account)


def post(api, path, body):
    return api.post(path, body, format="json")


def test_a_program_plans_moves_invites_and_holds_a_review(api, account, csm, tenant):
    made = post(api, REVIEWS, {"account": "globus", "due_on": "2026-10-12"})
    again = post(api, REVIEWS, {"account": "globus", "due_on": "2026-10-12"})
    one = f"{REVIEWS}{made.data['id']}/"
    moved = api.patch(one, {"scheduled_at": "2026-10-14T10:00:00Z"}, format="json")
    invited = post(api, f"{one}invite/", {})
    held = post(api, f"{one}hold/", {"came": ["ANNA@globus.example"]})
    late = post(api, f"{one}cancel/", {"why": "No time"})

    assert [r.status_code for r in (made, again, moved, invited, held, late)] == [
        201,
        409,
        200,
        200,
        200,
        409,
    ]
    assert (made.data["period_start"], made.data["owner"]) == ("2026-07-01", csm.email)
    assert moved.data["day"] == "2026-10-14"
    assert held.data["status"] == "held"
    assert {a["name"]: a["attended"] for a in held.data["attendees"]} == {
        "Anna": True,
        str(csm): False,
    }
    with tenant_scope(tenant.pk):
        assert Message.objects.filter(kind="review.invitation").count() == 2


def test_a_review_is_called_off(api, review):
    response = post(api, f"{REVIEWS}{review.pk}/cancel/", {"why": "No time"})

    assert (response.data["status"], response.data["cancelled_why"]) == (
        "cancelled",
        "No time",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"account": "nobody", "due_on": "2026-10-12"}, "account"),
        ({"account": "globus", "due_on": "soon"}, "due_on"),
        (
            {"account": "globus", "due_on": "2026-10-12", "owner": "x@y.example"},
            "owner",
        ),
        (
            {
                "account": "globus",
                "due_on": "2026-10-12",
                "period_start": "2026-07-01",
            },
            "period_end",
        ),
        (
            {
                "account": "globus",
                "due_on": "2026-10-12",
                "period_start": "2026-07-01",
                "period_end": "2026-07-01",
            },
            "period_end",
        ),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(body, field, api, account):
    response = post(api, REVIEWS, body)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_a_review_was_not_held_tomorrow(api, review):
    body = {"held_at": "2026-10-02T10:00:00Z"}

    response = post(api, f"{REVIEWS}{review.pk}/hold/", body)

    assert (response.status_code, list(response.json()["errors"])) == (400, ["held_at"])


def test_an_invitation_without_an_hour_is_refused(api, review):
    response = post(api, f"{REVIEWS}{review.pk}/invite/", {})

    assert response.status_code == 400


def test_the_letter_is_looked_at_and_sent_over_rest(api, review, tenant):
    place = f"{REVIEWS}{review.pk}/summary/"
    early = post(api, place, {"words": "x", "to": ["anna@globus.example"]})
    with tenant_scope(tenant.pk):
        services.hold_review(review)

    looked_at = api.get(place)
    empty = post(api, place, {"words": " ", "to": ["anna@globus.example"]})
    nobody = post(api, place, {"words": "In short", "to": ["else@x.example"]})
    sent = post(api, place, {"words": "In short", "to": ["anna@globus.example"]})
    again = post(api, place, {"words": "In short", "to": ["anna@globus.example"]})

    assert [r.status_code for r in (early, looked_at, empty, nobody, sent, again)] == [
        409,
        200,
        400,
        400,
        200,
        409,
    ]
    assert looked_at.data["words"].startswith("Thank you for the review of")
    assert "anna@globus.example" in looked_at.data["to"]
    assert [list(r.json()["errors"]) for r in (empty, nobody)] == [["words"], ["to"]]
    assert sent.data["status"] == "followed_up"
    with tenant_scope(tenant.pk):
        (letter,) = Message.objects.filter(kind="review.summary")
        assert (letter.address, letter.body) == ("anna@globus.example", "In short")


def test_a_program_sees_that_nobody_decides(api, review, tenant):
    asked = api.get(f"{REVIEWS}{review.pk}/").data["has_decision_maker"]
    with tenant_scope(tenant.pk):
        review.attendees.filter(contact__isnull=False).delete()
    missing = api.get(f"{REVIEWS}{review.pk}/").data["has_decision_maker"]

    assert (asked, missing) == (True, False)


def test_a_held_review_is_corrected_and_frozen_over_rest(api, review, tenant):
    too_early = post(api, REPORTS, {"review": str(review.pk)})
    ahead = post(api, f"{REPORTS}{too_early.data['id']}/freeze/", {})
    post(api, f"{REVIEWS}{review.pk}/hold/", {"came": ["anna@globus.example"]})
    first = api.get(f"{REPORTS}{too_early.data['id']}/").data
    one = f"{REPORTS}{post(api, REPORTS, {'review': str(review.pk)}).data['id']}/"

    sections = [{"key": "goals", "words": "Mended"}, {"key": "support", "is_on": False}]
    read = api.get(one).data
    worded = api.patch(
        one, {"sections": sections, "revision": read["revision"]}, format="json"
    )
    late = api.patch(
        one, {"sections": sections, "revision": read["revision"]}, format="json"
    )
    fresh = post(api, f"{one}refresh/", {})
    frozen = post(api, f"{one}freeze/", {})
    again = post(api, f"{one}freeze/", {})
    refused = [
        post(api, f"{one}refresh/", {}),
        api.patch(
            one,
            {"sections": sections, "revision": frozen.data["revision"]},
            format="json",
        ),
    ]

    assert [r.status_code for r in (ahead, worded, late, fresh, frozen)] == [
        409,
        200,
        409,
        200,
        200,
    ]
    assert [r.status_code for r in refused] == [409, 409]
    assert (first["version"], first["frozen_at"] is not None) == (1, True)
    assert (frozen.data["version"], frozen.data["frozen_at"] is not None) == (2, True)
    assert again.data["frozen_at"] == frozen.data["frozen_at"]
    shown = {
        one["key"]: (one["is_on"], one["words"]) for one in worded.data["sections"]
    }
    assert (shown["goals"], shown["support"]) == ((True, "Mended"), (False, ""))
    with tenant_scope(tenant.pk):
        entries = AuditEntry.objects.filter(action="report.frozen")
        assert {(one.after["version"], one.by_key is not None) for one in entries} == {
            (1, True),
            (2, True),
        }


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_for_many(
    number, api, tenant, csm, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for _ in range(number):
            review = review_of(AccountFactory(owner=csm))
            services.promise(review, words="x", side="ours", due_on=date(2026, 11, 1))
            services.save_goal(
                Goal(account=review.account, objective="a", measure="b", target=1)
            )

    for path, queries in ((REVIEWS, 13), (COMMITMENTS, 9), (GOALS, 9)):
        with django_assert_num_queries(queries):
            response = api.get(path)
        assert len(response.data["results"]) == number


def test_filters_of_reviews(api, review, tenant):
    with tenant_scope(tenant.pk):
        services.hold_review(review_of(AccountFactory(external_id="other")))

    found = {
        query: [row["account"] for row in api.get(f"{REVIEWS}?{query}").data["results"]]
        for query in (
            "account=globus",
            "status=held",
            "since=2026-10-13",
            "before=2026-10-12",
        )
    }

    assert found == {
        "account=globus": ["globus"],
        "status=held": ["other"],
        "since=2026-10-13": [],
        # Held on the first of October.
        "before=2026-10-12": ["other"],
    }


def test_a_program_writes_down_puts_off_and_closes_a_promise(api, review, tenant, csm):
    body = {
        "review": str(review.pk),
        "side": "theirs",
        "words": "Name a key user",
        "due_on": "2026-10-20",
        "contact": "anna",
    }
    made = post(api, COMMITMENTS, body)
    with tenant_scope(tenant.pk):
        services.hold_review(review)
    one = f"{COMMITMENTS}{made.data['id']}/"

    put_off = api.patch(one, {"due_on": "2026-11-01"}, format="json")
    kept = api.patch(one, {"state": "done", "outcome": "Olga"}, format="json")
    back = api.patch(one, {"state": "open", "words": "Name two"}, format="json")

    assert [r.status_code for r in (made, put_off, kept, back)] == [201, 200, 200, 200]
    assert (made.data["contact"], made.data["owner"]) == ("anna", csm.email)
    assert (kept.data["state"], kept.data["outcome"]) == ("done", "Olga")
    assert (back.data["state"], back.data["words"]) == ("open", "Name two")
    with tenant_scope(tenant.pk):
        task = Task.objects.get(kind="commitment.theirs")
        assert (task.due_on, task.status) == (date(2026, 11, 1), "open")


def test_a_promise_said_otherwise_over_rest_changes_its_task(
    api, review, tenant, csm, lead
):
    with tenant_scope(tenant.pk):
        made = services.promise(
            review, words="Name one", side="theirs", due_on=date(2026, 10, 20)
        )
        services.hold_review(review)
    one = f"{COMMITMENTS}{made.pk}/"

    changed = api.patch(
        one,
        {"words": "Name two", "contact": "anna", "owner": lead.email},
        format="json",
    )
    wrong = api.patch(one, {"contact": "nobody"}, format="json")
    dropped = api.patch(one, {"state": "dropped"}, format="json")

    assert [r.status_code for r in (changed, wrong, dropped)] == [200, 400, 200]
    assert (changed.data["contact"], changed.data["owner"]) == ("anna", lead.email)
    with tenant_scope(tenant.pk):
        task = Task.objects.get(kind="commitment.theirs")
        assert (task.title, task.owner, task.status) == (
            "Ask Anna whether it is done: Name two",
            lead,
            "dismissed",
        )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"review": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"contact": "nobody"}, 400),
        ({"side": "nobody's"}, 400),
        ({"words": ""}, 400),
        ({"side": "ours", "contact": "anna"}, 201),
    ],
)
def test_what_is_no_promise_is_refused(changes, status, api, review):
    body = {
        "review": str(review.pk),
        "side": "theirs",
        "words": "x",
        "due_on": "2026-10-20",
    }

    assert post(api, COMMITMENTS, body | changes).status_code == status


def test_a_closed_promise_cannot_be_put_off(api, review, tenant):
    with tenant_scope(tenant.pk):
        made = services.promise(
            review, words="x", side="ours", due_on=date(2026, 10, 20)
        )
        services.close_commitment(made, state="done")

    response = api.patch(
        f"{COMMITMENTS}{made.pk}/", {"due_on": "2026-11-01"}, format="json"
    )

    assert response.status_code == 400


def test_a_program_sets_reads_and_closes_a_goal(api, account, tenant):
    body = {
        "account": "globus",
        "objective": "Win more deals",
        "measure": "Conversion",
        "unit": "%",
        "baseline": "12",
        "target": "18",
    }
    made = post(api, GOALS, body)
    one = f"{GOALS}{made.data['id']}/"
    read = post(api, f"{one}readings/", {"on": "2026-09-30", "value": "15.5"})
    worth = api.patch(
        one,
        {
            "value_amount": "61000",
            "value_currency": "USD",
            "value_formula": "6 % × 847 × 1,200",
        },
        format="json",
    )
    met = api.patch(one, {"state": "met"}, format="json")

    assert [r.status_code for r in (made, read, worth, met)] == [201, 201, 200, 200]
    assert (read.data["actual"], read.data["read_on"]) == ("15.5000", "2026-09-30")
    assert (met.data["state"], met.data["closed_on"], met.data["value_amount"]) == (
        "met",
        "2026-10-01",
        "61000.00",
    )
    with tenant_scope(tenant.pk):
        assert Goal.objects.get().actual == Decimal("15.5")


@pytest.mark.parametrize(("said", "actual"), THE_THREE)
def test_a_program_sets_and_verifies_each_kind_of_goal(said, actual, api, account):
    made = post(api, GOALS, {"account": "globus"} | said)
    one = f"{GOALS}{made.data['id']}/"
    post(api, f"{one}readings/", {"on": "2026-09-30", "value": actual})
    verified = post(api, f"{one}verify/", {"contact": "anna", "how": "In the review"})
    read = api.get(one).data

    has_value = "value_formula" in said
    assert (read["is_reached"], read["progress"], read["state"]) == (True, 1.0, "open")
    assert read["wanted"] == ("less" if said["unit"] == "h" else "more")
    assert read["value_formula"] == said.get("value_formula", "")
    assert verified.status_code == (200 if has_value else 400)
    assert (read["is_verified"], read["verified_by"], read["verified_how"]) == (
        (True, "anna", "In the review") if has_value else (False, None, "")
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value_amount": "1", "value_currency": "USD"}, "value_formula"),
        ({"value_amount": "1", "value_formula": "x"}, "value_currency"),
        ({"source": "feature"}, "feature"),
        ({"value_currency": "XXQ"}, "value_currency"),
        ({"account": "nobody"}, "account"),
    ],
)
def test_a_goal_that_says_too_little_is_refused(changes, field, api, account):
    body = {"account": "globus", "objective": "a", "measure": "b", "target": "1"}

    response = post(api, GOALS, body | changes)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_another_workspace_finds_and_changes_nothing(strangers_api, review, tenant):
    with tenant_scope(tenant.pk):
        made = services.promise(
            review, words="x", side="ours", due_on=date(2026, 10, 20)
        )
        goal = services.save_goal(
            Goal(account=review.account, objective="a", measure="b", target=1)
        )
    rows = {REVIEWS: review, COMMITMENTS: made, GOALS: goal}

    answers = {
        path: (
            strangers_api.get(path).data["results"],
            strangers_api.get(f"{path}{row.pk}/").status_code,
            strangers_api.patch(f"{path}{row.pk}/", {}, format="json").status_code,
        )
        for path, row in rows.items()
    }

    assert answers == dict.fromkeys(rows, ([], 404, 404))


def test_a_reading_key_changes_nothing(reading_api, review, tenant):
    body = {"account": "globus", "due_on": "2026-12-12"}

    codes = [
        post(reading_api, REVIEWS, body).status_code,
        post(reading_api, f"{REVIEWS}{review.pk}/hold/", {}).status_code,
    ]

    assert codes == [403, 403]
    with tenant_scope(tenant.pk):
        assert (Review.objects.count(), Commitment.objects.count()) == (1, 0)
