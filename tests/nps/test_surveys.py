"""Surveys are set up, switched and sent: who may, and what comes of it."""

import struct
import zlib
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Stage
from messaging.models import Message
from nps import services
from nps.models import Invitation, Survey, SurveySettings
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory, TicketFactory
from tests.factories.nps import InvitationFactory, SurveyFactory

URL = "/t/acme/surveys/"
# A Monday at ten.
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
PLAIN = {
    "name": "Pulse",
    "starts_after_days": "90, 30, 90",
    "spread_days": "5",
    "lapses_after_days": "21",
    "minimum_use_days": "0",
    "wait_days": "90",
    "wait_any_days": "30",
    "expires_after_days": "30",
    "change_within_days": "7",
    "snooze_days": "30",
}


def started(on, **more):
    """A customer with one contact since that day."""
    account = AccountFactory(customer_since=on, **more)
    return ContactFactory(account=account)


def test_a_survey_is_made_with_its_words_and_a_version(ops_client, ops, tenant):
    said = PLAIN | {
        "origins": "https://App.example.com/\nhttp://localhost:3000",
        "words-en-question": "Would you?",
        "roles": ["champion", "user"],
    }

    answer = ops_client.post(f"{URL}new/?kind=nps", said)

    with tenant_scope(tenant.pk):
        survey = Survey.objects.get()
        version = survey.versions.get()
        audit = AuditEntry.objects.get(action="survey.made")
        words = list(survey.wordings.values_list("language", "question"))
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}{survey.pk}/")
    assert (survey.key, survey.kind, survey.state) == ("pulse", "nps", "draft")
    assert survey.starts_after_days == [30, 90]
    assert survey.origins == ["http://localhost:3000", "https://app.example.com"]
    assert survey.roles == ["champion", "user"]
    assert words == [("en", "Would you?")]
    assert version.definition["wordings"]["en"]["question"] == "Would you?"
    assert audit.by == ops


def test_only_another_question_is_another_version(ops_client, tenant):
    ops_client.post(f"{URL}new/?kind=nps", PLAIN)
    with tenant_scope(tenant.pk):
        survey = Survey.objects.get()
    edit = f"{URL}{survey.pk}/edit/"

    ops_client.post(edit, PLAIN | {"wait_days": "100"})
    ops_client.post(edit, PLAIN | {"wait_days": "100", "words-ru-why": "Почему?"})

    with tenant_scope(tenant.pk):
        survey.refresh_from_db()
        numbers = list(survey.versions.order_by("number").values_list("number"))
        actions = AuditEntry.objects.filter(action="survey.changed").count()
    assert (survey.wait_days, survey.version, numbers) == (100, 2, [(1,), (2,)])
    assert actions == 2


def test_own_questions_are_kept_in_their_order(ops_client, tenant):
    rows = [
        {"kind": "text", "label_en": "First?"},
        {"kind": "choice", "label_ru": "Что?", "choices_ru": "Это\nТо"},
        {"kind": "text"},
    ]

    answer = ops_client.post(f"{URL}new/?kind=free", PLAIN | formset(rows))

    with tenant_scope(tenant.pk):
        survey = Survey.objects.get()
        kept = list(survey.questions.values_list("position", "label", "choices"))
    assert answer.status_code == 302
    assert kept == [
        (1, {"en": "First?"}, []),
        (
            2,
            {"ru": "Что?"},
            [{"key": "1", "label": {"ru": "Это"}}, {"key": "2", "label": {"ru": "То"}}],
        ),
    ]


def test_a_question_changes_and_goes_without_another_key(ops_client, tenant):
    rows = [
        {"kind": "text", "label_en": "First?"},
        {"kind": "text", "label_en": "Last?"},
    ]
    ops_client.post(f"{URL}new/?kind=free", PLAIN | formset(rows))
    with tenant_scope(tenant.pk):
        survey = Survey.objects.get()
        first, last = survey.questions.all()
    rows = [
        {"kind": "text", "id": str(first.pk)},
        {"kind": "text", "label_en": "Only?", "id": str(last.pk)},
    ]

    ops_client.post(f"{URL}{survey.pk}/edit/", PLAIN | formset(rows, initial=2))

    with tenant_scope(tenant.pk):
        kept = list(survey.questions.values_list("pk", "position", "label"))
    assert kept == [(last.pk, 1, {"en": "Only?"})]


def formset(rows, initial=0):
    said = {"questions-TOTAL_FORMS": len(rows), "questions-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        said |= {f"questions-{number}-{name}": text for name, text in row.items()}
    return said


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"starts_after_days": "30, soon"}, "starts_after_days"),
        ({"origins": "app.example.com"}, "origins"),
        ({"then_every_days": "3"}, None),
        ({"spread_days": "30", "lapses_after_days": "21"}, None),
    ],
)
def test_what_cannot_be_is_said_and_not_kept(ops_client, tenant, wrong, field):
    answer = ops_client.post(f"{URL}new/?kind=nps", PLAIN | wrong)

    errors = answer.context["form"].errors
    assert (answer.status_code, list(errors)) == (422, [field or "__all__"])
    with tenant_scope(tenant.pk):
        assert Survey.objects.count() == 0


def test_two_surveys_of_one_name_have_keys_of_their_own(ops_client, tenant):
    for _ in range(3):
        ops_client.post(f"{URL}new/?kind=nps", PLAIN)

    with tenant_scope(tenant.pk):
        keys = sorted(Survey.objects.values_list("key", flat=True))
    assert keys == ["pulse", "pulse-2", "pulse-3"]


@time_machine.travel(NOW, tick=False)
def test_a_survey_asks_from_the_day_it_is_switched_on(ops_client, tenant):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(
            state="draft", on_since=None, starts_after_days=[30], spread_days=1
        )
        for day in (date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 5)):
            started(day)

    ops_client.post(f"{URL}{survey.pk}/switch/", {"state": "on"})
    asked = services.ask_customers(tenant.pk, at=NOW)

    with tenant_scope(tenant.pk):
        survey.refresh_from_db()
        days = list(Invitation.objects.values_list("occurred_on", "is_late"))
    assert (survey.state, survey.on_since) == ("on", date(2026, 5, 4))
    assert (asked, days) == (1, [(date(2026, 5, 4), False)])


def test_without_a_question_there_is_nothing_to_switch_on(ops_client, tenant):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(kind="free", state="draft", on_since=None)

    answer = ops_client.post(f"{URL}{survey.pk}/switch/", {"state": "on"}, follow=True)

    with tenant_scope(tenant.pk):
        survey.refresh_from_db()
    assert survey.state == "draft"
    assert "It has no question yet" in answer.content.decode()


def test_who_corrects_a_word_does_not_take_back_what_others_did(tenant, ops):
    with tenant_scope(tenant.pk):
        read_before = SurveyFactory(state="draft", on_since=None)
        services.switch_on(
            Survey.objects.get(pk=read_before.pk), on=date(2026, 5, 4), by=ops
        )
        read_before.name = "Pulse, corrected"
        services.keep_survey(read_before, wordings=None, questions=None, by=ops)
        kept = Survey.objects.get(pk=read_before.pk)

    assert (kept.name, kept.state, kept.on_since) == (
        "Pulse, corrected",
        "on",
        date(2026, 5, 4),
    )


def test_switched_off_nothing_waits_to_be_sent(ops_client, tenant):
    with tenant_scope(tenant.pk):
        planned = InvitationFactory(state="planned", sent_at=None)
        sent = InvitationFactory(survey=planned.survey)

    ops_client.post(f"{URL}{planned.survey.pk}/switch/", {"state": "off"})

    with tenant_scope(tenant.pk):
        states = dict(Invitation.objects.values_list("pk", "state"))
        actions = AuditEntry.objects.filter(action="survey.switched_off").count()
    assert states == {planned.pk: "recalled", sent.pk: "sent"}
    assert actions == 1


@time_machine.travel(NOW, tick=False)
def test_a_survey_goes_to_a_segment_once_and_as_its_rules_allow(lead_client, tenant):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(starts_after_days=[], spread_days=1)
        meant = started(None, tier="high")
        asked_before = started(None, tier="high")
        InvitationFactory(
            contact=asked_before, sent_at=datetime(2026, 5, 1, tzinfo=UTC)
        )
        started(None, tier="mid")
        started(None, tier="high", lifecycle_stage=Stage.CHURNED)
    url = f"{URL}{survey.pk}/sends/"
    said = {"tiers": "high", "starts_on": "2026-05-04"}

    counted = lead_client.get(url, said)
    answer = lead_client.post(url, said)
    runs = [services.ask_customers(tenant.pk, at=NOW) for _ in range(2)]

    with tenant_scope(tenant.pk):
        sent = Invitation.objects.filter(survey=survey).order_by("state")
        told = list(sent.values_list("contact", "state", "why_not"))
        mails = Message.objects.filter(kind="survey.invitation").count()
    assert counted.context["asked"][0].contact == meant
    assert (counted.context["asked_total"], counted.context["reasons"]) == (
        1,
        [("Was asked one of this kind not long ago", 1)],
    )
    assert (answer.status_code, runs) == (302, [1, 0])
    assert told == [
        (asked_before.pk, "planned", "wait_kind"),
        (meant.pk, "sent", ""),
    ]
    assert mails == 1


@time_machine.travel(NOW, tick=False)
def test_whoever_asked_is_asked_about_a_closed_ticket(tenant):
    solved = {"status": "solved", "opened_at": NOW, "solved_at": NOW}
    with tenant_scope(tenant.pk):
        SurveyFactory(kind="csat", starts_after_days=[], after_ticket=True)
        who = ContactFactory()
        TicketFactory(account=who.account, requester=who, **solved)
        TicketFactory(account=who.account, **solved)

    asked = services.ask_customers(tenant.pk, at=NOW)

    with tenant_scope(tenant.pk):
        told = list(Invitation.objects.values_list("contact", "reason"))
    assert (asked, told) == (1, [(who.pk, "ticket")])


@pytest.mark.parametrize(("hour", "asked"), [(8, 0), (9, 1), (17, 1), (18, 0)])
def test_mail_goes_out_within_the_hours_of_the_workspace(tenant, hour, asked):
    with tenant_scope(tenant.pk):
        SurveyFactory(starts_after_days=[30], spread_days=1)
        started(date(2026, 4, 4))

    assert services.ask_customers(tenant.pk, at=NOW.replace(hour=hour)) == asked


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("people", [1, 3])
def test_a_week_ahead_is_foreseen_as_it_then_happens(
    lead_client, tenant, people, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(starts_after_days=[30], spread_days=3)
        for _ in range(people):
            started(date(2026, 4, 4))
            contact = started(date(2026, 4, 5))
            services.stop_asking(contact.email, reason="unsubscribed")
        lead_client.get(f"{URL}week/")

    with django_assert_num_queries(26):
        page = lead_client.get(f"{URL}week/?survey={survey.pk}")

    told = sorted((row.contact.pk, row.on) for row, _o, _w in page.context["asked"])
    others = [why for _r, _o, why in page.context["others"]]
    for day in range(4, 9):
        services.ask_customers(tenant.pk, at=NOW.replace(day=day))
    with tenant_scope(tenant.pk):
        sent = Invitation.objects.values_list("contact", "sent_at__date")
        happened = sorted(sent)
    assert told == happened
    assert len(told) == people
    assert others == ["Wants no surveys, or mail came back"] * people


@pytest.mark.parametrize("surveys", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    csm_client, tenant, surveys, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for survey in SurveyFactory.create_batch(surveys):
            InvitationFactory(survey=survey, sent_at=datetime.now(UTC))
            InvitationFactory(
                survey=survey, sent_at=datetime.now(UTC), state="answered"
            )
    csm_client.get(URL)

    with django_assert_num_queries(12):
        page = csm_client.get(URL)

    counted = [
        (row.asked, row.answered, row.waiting) for row, _ in page.context["rows"]
    ]
    assert counted == [(2, 1, 1)] * surveys


@pytest.mark.parametrize("is_closed", [False, True])
def test_in_a_closed_portfolio_ones_own_customers_are_counted(
    csm_client, lead_client, tenant, csm, is_closed
):
    type(tenant).objects.filter(pk=tenant.pk).update(is_portfolio_closed=is_closed)
    with tenant_scope(tenant.pk):
        survey = SurveyFactory()
        for owner, state in ((csm, "sent"), (None, "sent"), (None, "answered")):
            account = AccountFactory(owner=owner)
            InvitationFactory(
                survey=survey,
                contact__account=account,
                sent_at=datetime.now(UTC),
                state=state,
            )

    counted = []
    for client in (csm_client, lead_client):
        ((listed, _schedule),) = client.get(URL).context["rows"]
        one = client.get(f"{URL}{survey.pk}/").context["survey"]
        counted.append(
            [(row.asked, row.answered, row.waiting) for row in (listed, one)]
        )

    everybody = [(3, 1, 2)] * 2
    assert counted == [[(1, 0, 1)] * 2 if is_closed else everybody, everybody]


@pytest.mark.parametrize("asked", [1, 3])
def test_one_survey_costs_the_same_for_one_asked_and_for_three(
    csm_client, tenant, asked, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory()
        InvitationFactory.create_batch(asked, survey=survey)
    csm_client.get(f"{URL}{survey.pk}/")

    with django_assert_num_queries(19):
        page = csm_client.get(f"{URL}{survey.pk}/")

    assert len(page.context["rows"]) == asked


def test_settings_are_kept_and_audited(ops_client, tenant):
    said = {
        "budget_count": "2",
        "budget_days": "90",
        "send_from": "10",
        "send_to": "12",
        "colour": "#aa0000",
        "detractor_hours": "24",
        "passive_days": "7",
        "promoter_days": "14",
        "lead_after_hours": "24",
    }

    kept = ops_client.post(f"{URL}settings/", said)
    refused = ops_client.post(f"{URL}settings/", said | {"send_from": "12"})

    with tenant_scope(tenant.pk):
        row = SurveySettings.objects.get()
        actions = AuditEntry.objects.filter(action="survey_settings.changed").count()
    assert (kept.status_code, refused.status_code, actions) == (302, 422, 1)
    assert (row.budget_count, row.send_from, row.colour) == (2, 10, "#aa0000")


@pytest.mark.parametrize(
    ("place", "roles"),
    [
        ("", {"csm", "lead", "ops", "admin", "viewer"}),
        ("{pk}/", {"csm", "lead", "ops", "admin", "viewer"}),
        ("week/", {"lead", "ops", "admin"}),
        ("{pk}/sends/", {"lead", "ops", "admin"}),
        ("new/", {"ops", "admin"}),
        ("{pk}/edit/", {"ops", "admin"}),
        ("settings/", {"ops", "admin"}),
    ],
)
def test_who_may_enter(request, sign_in, tenant, stranger, place, roles):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory()
    url = URL + place.format(pk=survey.pk)
    people = {
        role: request.getfixturevalue(role)
        for role in ("csm", "lead", "ops", "admin", "viewer")
    }

    entered = {
        role for role, one in people.items() if sign_in(one).get(url).status_code == 200
    }

    assert entered == roles
    assert sign_in(stranger).get(url).status_code == 404


def test_in_a_closed_portfolio_only_own_accounts_are_shown(csm_client, csm, tenant):
    tenant.is_portfolio_closed = True
    tenant.save()
    with tenant_scope(tenant.pk):
        survey = SurveyFactory()
        InvitationFactory(survey=survey)
        own = InvitationFactory(survey=survey)
        own.account.owner = csm
        own.account.save()

    page = csm_client.get(f"{URL}{survey.pk}/")

    assert [one for one, _o, _w in page.context["rows"]] == [own]


def test_a_logo_is_kept_shown_and_removed(ops_client, tenant):
    said = {
        "budget_count": "2",
        "budget_days": "90",
        "send_from": "10",
        "send_to": "12",
        "colour": "#aa0000",
        "detractor_hours": "24",
        "passive_days": "7",
        "promoter_days": "14",
        "lead_after_hours": "24",
    }
    picture = SimpleUploadedFile("logo.png", drawn())
    broken = SimpleUploadedFile("logo.png", b"GIF89a")

    refused = ops_client.post(f"{URL}settings/", said | {"picture": broken})
    ops_client.post(f"{URL}settings/", said | {"picture": picture})
    shown = ops_client.get(f"{URL}settings/logo/")
    ops_client.post(f"{URL}settings/", said | {"no_logo": "on"})

    assert list(refused.context["form"].errors) == ["picture"]
    assert (shown["Content-Type"], shown.content) == ("image/png", drawn())
    assert ops_client.get(f"{URL}settings/logo/").status_code == 404


def drawn():
    """A PNG of one grey pixel."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\x00\x80"))
        + chunk(b"IEND", b"")
    )
