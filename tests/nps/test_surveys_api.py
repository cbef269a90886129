"""Surveys and invitations for programs."""

from datetime import UTC, datetime

import pytest
import time_machine

from nps import services
from nps.models import Invitation, Survey
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.nps import InvitationFactory, SurveyFactory

URL = "/api/v1/surveys/"
INVITATIONS = "/api/v1/invitations/"
# A Monday at ten.
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
BODY = {
    "kind": "free",
    "name": "Launch",
    "starts_after_days": [],
    "wordings": [{"language": "ru", "question": "Как вам запуск?"}],
    "questions": [
        {
            "kind": "choice",
            "label": {"en": "Which?"},
            "choices": [{"key": "a", "label": {"en": "This"}}],
            "is_required": True,
        }
    ],
}


def test_a_survey_is_made_read_and_changed_in_part(api, tenant):
    made = api.post(URL, BODY, format="json")
    changed = api.patch(f"{URL}launch/", {"wait_days": 10}, format="json")
    read = api.get(f"{URL}launch/").json()

    assert (made.status_code, changed.status_code) == (201, 200)
    assert (read["key"], read["state"], read["wait_days"]) == ("launch", "draft", 10)
    assert read["wordings"][0]["question"] == "Как вам запуск?"
    question = {name: read["questions"][0][name] for name in BODY["questions"][0]}
    assert (question, read["version"]) == (BODY["questions"][0], 1)
    with tenant_scope(tenant.pk):
        actions = list(
            AuditEntry.objects.order_by("at").values_list("action", "by_key")
        )
    assert [action for action, _key in actions[-2:]] == [
        "survey.made",
        "survey.changed",
    ]
    assert None not in [key for _action, key in actions[-2:]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "ces"}, "kind"),
        ({"name": None}, "name"),
        ({"key": "Not a key"}, "key"),
        ({"key": "taken"}, "key"),
        ({"tiers": ["gold"]}, "tiers.0"),
        ({"spread_days": 0}, "spread_days"),
        (
            {"questions": [{"kind": "text", "label": {"de": "Was?"}}]},
            "questions.0.label",
        ),
        ({"wordings": [{"language": "de"}]}, "wordings.0.language"),
    ],
)
def test_what_cannot_be_is_said_of_its_field(api, tenant, wrong, field):
    with tenant_scope(tenant.pk):
        SurveyFactory(key="taken")

    answer = api.post(URL, BODY | wrong, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    with tenant_scope(tenant.pk):
        assert Survey.objects.count() == 1


@time_machine.travel(NOW, tick=False)
def test_a_survey_is_switched_on_and_sent_to_named_contacts(api, tenant):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(key="pulse", state="draft", on_since=None, spread_days=1)
        ContactFactory(external_id="ada")
        ContactFactory(external_id="bob")
    said = {"contacts": ["ada"]}

    early = api.post(f"{URL}pulse/sends", said, format="json")
    switched = api.post(f"{URL}pulse/switch", {"state": "on"}, format="json")
    sent = api.post(f"{URL}pulse/sends", said, format="json")
    services.ask_customers(tenant.pk, at=NOW)
    listed = api.get(INVITATIONS, {"survey": "pulse"}).json()["results"]
    api.post(f"{URL}pulse/switch", {"state": "off"}, format="json")

    assert (early.status_code, switched.json()["state"]) == (409, "on")
    assert (sent.status_code, sent.json()["planned"]) == (201, 1)
    assert [(one["contact"], one["state"]) for one in listed] == [("ada", "sent")]
    with tenant_scope(tenant.pk):
        survey.refresh_from_db()
    assert survey.state == "off"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"owners": ["nobody@else.example"]}, "owners"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"tiers": ["gold"]}, "tiers"),
    ],
)
def test_a_segment_that_cannot_be_is_refused(api, tenant, wrong, field):
    with tenant_scope(tenant.pk):
        SurveyFactory(key="pulse")

    answer = api.post(f"{URL}pulse/sends", wrong, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@time_machine.travel(NOW, tick=False)
def test_a_link_for_one_person_is_the_same_all_day_and_mails_nothing(api, tenant):
    with tenant_scope(tenant.pk):
        SurveyFactory(key="pulse")
        ContactFactory(external_id="ada")
    said = {"survey": "pulse", "contact": "ada"}

    links = [api.post(INVITATIONS, said, format="json") for _ in range(2)]
    unknown = api.post(INVITATIONS, said | {"contact": "eve"}, format="json")

    assert [answer.status_code for answer in links] == [201, 201]
    assert links[0].json() == links[1].json()
    assert "/s/" in links[0].json()["link"]
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["contact"])
    with tenant_scope(tenant.pk):
        assert list(Invitation.objects.values_list("reason", "state")) == [
            ("link", "sent")
        ]
        assert AuditEntry.objects.get(action="survey.link_made").by_key is not None


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_for_three(
    api, tenant, rows, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        account = AccountFactory(external_id="a1")
        for survey in SurveyFactory.create_batch(rows):
            contact = ContactFactory(account=account)
            InvitationFactory(survey=survey, account=account, contact=contact)
    api.get(URL)

    with django_assert_num_queries(11):
        surveys = api.get(URL).json()["results"]
    with django_assert_num_queries(9):
        invitations = api.get(INVITATIONS, {"account": "a1"}).json()["results"]

    assert (len(surveys), len(invitations)) == (rows, rows)


def test_an_invitation_whose_contact_is_gone_is_still_told(api, tenant):
    with tenant_scope(tenant.pk):
        InvitationFactory(contact=None, account=AccountFactory(), address="a@b.example")

    told = api.get(INVITATIONS).json()["results"]

    assert [one["contact"] for one in told] == [None]


def test_another_workspaces_survey_is_not_there(api, other_tenant):
    with tenant_scope(other_tenant.pk):
        SurveyFactory(key="theirs")

    answers = [
        api.get(f"{URL}theirs/"),
        api.post(f"{URL}theirs/switch", {"state": "off"}, format="json"),
        api.post(f"{URL}theirs/sends", {}, format="json"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_program_sends_to_the_accounts_own_segment(api, tenant):
    with tenant_scope(tenant.pk):
        SurveyFactory(key="pulse")
        meant = ContactFactory(account__segment="Banks")
        ContactFactory(account__segment="Shops")

    answer = api.post(f"{URL}pulse/sends", {"segments": ["Banks"]}, format="json")

    with tenant_scope(tenant.pk):
        asked = list(Invitation.objects.values_list("contact", flat=True))
    assert (answer.status_code, answer.json()["planned"]) == (201, 1)
    assert asked == [meant.pk]
