"""Programs move deals, tick items and plan for risks, as people do."""

from datetime import date

import pytest

from accounts.models import Band
from renewals import services
from renewals.models import Renewal, StageChange
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of
from worklist.models import Task

END = date(2026, 12, 31)
TODAY = date(2026, 11, 22)


@pytest.fixture
def deal(tenant, csm):
    with tenant_scope(tenant.pk):
        made = renewal_of(ends_on=END, owner=csm, name="Nova")
        services.fire_reminders(on=TODAY)
        return Renewal.objects.select_related("account").get(pk=made.pk)


def url(deal, *rest):
    return "/".join(["/api/v1/renewals", str(deal.pk), *rest, ""])


def move(stage="initiation", was="preparation", **more):
    return {"stage": stage, "was": was} | more


def test_a_program_sets_the_next_step_and_keeps_the_rest(api, tenant, deal, lead):
    first = api.patch(
        url(deal), {"next_step": "Call", "owner": lead.email}, format="json"
    )
    second = api.patch(url(deal), {"next_step_on": "2026-12-01"}, format="json")

    assert first.status_code == 200
    row = second.json()
    said = (row["next_step"], row["next_step_on"], row["owner"])
    assert said == ("Call", "2026-12-01", lead.email)
    with tenant_scope(tenant.pk):
        audits = AuditEntry.objects.filter(action="renewal.planned")
        assert [audit.by_key is not None for audit in audits] == [True, True]


def test_a_plan_changed_meanwhile_is_409_and_stays(api, tenant, deal, monkeypatch):
    # It was read before somebody else wrote, and locked after.
    marks = iter(["of the plan before", "of the plan now"])
    monkeypatch.setattr(Renewal, "plan_mark", property(lambda deal: next(marks)))

    answer = api.patch(url(deal), {"next_step": "Call"}, format="json")

    assert answer.status_code == 409
    with tenant_scope(tenant.pk):
        assert Renewal.objects.get(pk=deal.pk).next_step == ""


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"next_step_on": "2026-12-01"}, "next_step"),
        ({"owner": "nobody@example.org"}, "owner"),
    ],
)
def test_a_bad_plan_is_400_at_the_field(api, deal, said, field):
    answer = api.patch(url(deal), said, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_move_with_gaps_is_422_and_names_them(api, tenant, deal):
    answer = api.post(url(deal, "moves"), move(), format="json")

    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "checklist": ["health_check", "qbr"],
        "reason": ["Say why it goes on all the same."],
    }
    with tenant_scope(tenant.pk):
        assert Renewal.objects.get(pk=deal.pk).stage == "preparation"


def test_a_move_that_comes_second_is_409_and_changes_nothing(api, tenant, deal):
    first = api.post(url(deal, "moves"), move(reason="They hurry"), format="json")
    second = api.post(
        url(deal, "moves"), move("approval", reason="They hurry"), format="json"
    )

    assert (first.status_code, second.status_code) == (201, 409)
    assert first.json()["missing"] == ["health_check", "qbr"]
    with tenant_scope(tenant.pk):
        assert Renewal.objects.get(pk=deal.pk).stage == "initiation"


def test_a_move_without_what_was_seen_is_400(api, deal):
    answer = api.post(url(deal, "moves"), {"stage": "initiation"}, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["was"])


@pytest.mark.parametrize("stage", ["upcoming", "renewed", "dance"])
def test_a_move_to_no_stage_of_the_pipeline_is_400(api, deal, stage):
    answer = api.post(url(deal, "moves"), move(stage, reason="x"), format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["stage"])


def test_the_moves_of_a_deal_are_its_history(api, deal):
    api.post(url(deal, "moves"), move(reason="They hurry"), format="json")

    rows = api.get(url(deal, "moves")).json()["results"]

    assert [(row["was"], row["stage"]) for row in rows] == [
        ("upcoming", "preparation"),
        ("preparation", "initiation"),
    ]


def test_a_checklist_is_read_ticked_and_taken_back(api, deal):
    said = {"key": "qbr", "evidence": "Held on Zoom", "link": "https://example.org/1"}

    ticked = api.post(url(deal, "checklist"), said, format="json")
    listed = api.get(url(deal, "checklist")).json()
    gone = api.delete(url(deal, "checklist", "qbr"))
    again = api.delete(url(deal, "checklist", "qbr"))

    done = [row for row in ticked.json() if row["is_done"]]
    assert (ticked.status_code, done) == (
        201,
        [
            {
                "stage": "preparation",
                "key": "qbr",
                "title": "A QBR was held",
                "need": "required",
                "is_done": True,
                "is_said": True,
                "evidence": "Held on Zoom",
                "link": "https://example.org/1",
            }
        ],
    )
    assert listed == ticked.json()
    assert (gone.status_code, again.status_code) == (204, 404)


def test_an_unknown_item_is_400(api, deal):
    said = {"key": "dance", "evidence": "x"}

    answer = api.post(url(deal, "checklist"), said, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["key"])


def test_a_risk_is_planned_and_solved(api, tenant, deal, csm):
    said = {"problem": "Slow", "plan": "Meet", "owner": csm.email, "due_on": END}

    made = api.post(url(deal, "risks"), said, format="json")
    solved = api.patch(
        url(deal, "risks", made.json()["id"]), {"state": "solved"}, format="json"
    )

    assert (made.status_code, made.json()["state"]) == (201, "open")
    assert (solved.status_code, solved.json()["state"]) == (200, "solved")
    assert len(api.get(url(deal, "risks")).json()["results"]) == 1
    with tenant_scope(tenant.pk):
        assert Task.objects.get(kind="renewal.risk").status == "done"


def test_a_program_cannot_go_on_without_the_plan_of_a_red_account(api, tenant, deal):
    with tenant_scope(tenant.pk):
        deal.account.band = Band.RED
        deal.account.save()

    answer = api.post(url(deal, "moves"), move(reason="They hurry"), format="json")

    errors = {"checklist": ["health_check", "qbr", "risk_plan"]}
    assert (answer.status_code, answer.json()["errors"]) == (422, errors)


CALLS = [
    ("patch", (), {"next_step": "x"}),
    ("post", ("moves",), move(reason="x")),
    ("post", ("checklist",), {"key": "qbr", "evidence": "x"}),
    ("post", ("risks",), {}),
]


@pytest.mark.parametrize(("method", "rest", "body"), CALLS)
def test_who_only_reads_and_who_is_a_stranger_change_nothing(
    reading_api, strangers_api, tenant, deal, method, rest, body
):
    refused = getattr(reading_api, method)(url(deal, *rest), body, format="json")
    unknown = getattr(strangers_api, method)(url(deal, *rest), body, format="json")

    assert (refused.status_code, unknown.status_code) == (403, 404)
    with tenant_scope(tenant.pk):
        assert StageChange.objects.filter(renewal=deal).count() == 1
        assert Renewal.objects.get(pk=deal.pk).plan_mark == deal.plan_mark


@pytest.mark.parametrize(("method", "rest", "body"), CALLS[1:])
def test_a_decided_renewal_is_a_conflict(api, tenant, deal, csm, method, rest, body):
    with tenant_scope(tenant.pk):
        services.close_renewal(deal, result="renewed", amount=1, by=csm, on=TODAY)

    answer = getattr(api, method)(url(deal, *rest), body, format="json")

    assert answer.status_code == 409
