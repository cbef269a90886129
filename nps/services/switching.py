"""Surveys go on and off, and out by hand."""

from datetime import date

from django.db import transaction

from accounts.queries import calendar
from cs_platform.lib import clock
from nps import planning
from nps.models import Invitation, Kind, Survey, SurveySend, SurveySettings
from nps.planning import Occasion, Person, SendingDays
from nps.queries.planning import limits_of, rules_of
from nps.queries.segments import contacts_of
from tenants.services import record_audit

BATCH = 500


class NotOn(Exception):
    """A survey that is not on cannot be sent: nobody could answer it."""


class NothingToAsk(Exception):
    """A survey of its own questions that has none: who opened it would find nothing."""


@transaction.atomic
def switch_on(survey: Survey, *, on: date, by, by_key=None) -> Survey:
    """Ask from this day of the workspace: earlier occasions are not asked about.

    Raises `NothingToAsk`. In the audit trail. Safe to repeat: one that is on stays on
    since when it was.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if survey.kind == Kind.FREE and not survey.questions.exists():
        raise NothingToAsk(survey)
    if not survey.is_on:
        survey.state, survey.on_since = Survey.State.ON, on
        _switch(survey, "survey.switched_on", by, by_key)
    return survey


@transaction.atomic
def switch_off(survey: Survey, *, by, by_key=None) -> Survey:
    """Ask nobody any more; what was sent by hand and is not out yet never goes out.

    Who was asked can still answer. In the audit trail. Safe to repeat.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if survey.is_on:
        survey.state = Survey.State.OFF
        _switch(survey, "survey.switched_off", by, by_key)
    planned = Invitation.objects.filter(survey=survey, state=Invitation.State.PLANNED)
    planned.update(
        state=Invitation.State.RECALLED,
        why_not=planning.SWITCHED_OFF,
        updated_at=clock.now(),
    )
    return survey


@transaction.atomic
def send_survey(
    survey: Survey, *, segment: dict, starts_on: date, by, by_key=None
) -> SurveySend:
    """Send a survey to the contacts of a segment: each has a planned invitation.

    The rules of the survey hold when its day comes: who is asked too often already
    waits until it lapses. Raises `NotOn`. In the audit trail; each call sends once more.
    """
    survey = Survey.objects.get(pk=survey.pk)
    if not survey.is_on:
        raise NotOn(survey)
    send = SurveySend.objects.create(
        survey=survey, segment=segment, starts_on=starts_on, by=by
    )
    planned = _planned(survey, send)
    Invitation.objects.bulk_create(planned, batch_size=BATCH)
    send.planned = len(planned)
    send.save(update_fields=["planned"])
    # Held only now, or thousands of rows would keep whoever corrects a word waiting.
    # Who switches it off before finds it off here, who does after finds these rows.
    held = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if not held.is_on:
        raise NotOn(survey)
    after = {"segment": segment, "starts_on": str(starts_on), "planned": len(planned)}
    record_audit("survey.sent", survey, by=by, by_key=by_key, before=None, after=after)
    return send


def _planned(survey, send):
    settings = SurveySettings.objects.first() or SurveySettings()
    days = SendingDays(calendar(), limits_of(settings))
    rules = rules_of(survey, send.starts_on)
    occasion = Occasion(f"{planning.HAND}:{send.pk}", planning.HAND, send.starts_on)
    contacts = contacts_of(survey, send.segment).order_by("pk")
    contacts = contacts.only("email", "account")
    cases = [
        planning.case_of(
            rules, Person(contact.pk, contact.email.lower()), occasion, days, contact
        )
        for contact in contacts
    ]
    return [
        Invitation(
            survey=survey,
            version=survey.version,
            account_id=case.of.account_id,
            contact=case.of,
            address=case.person.address,
            send=send,
            reason=planning.HAND,
            occasion=occasion.key,
            occurred_on=occasion.on,
            planned_on=case.planned_on,
            lapses_on=case.lapses_on,
        )
        for case in cases
        if case is not None
    ]


def _switch(survey, word, by, by_key):
    survey.save(update_fields=["state", "on_since", "updated_at"])
    after = {"state": survey.state, "on_since": str(survey.on_since)}
    record_audit(word, survey, by=by, by_key=by_key, before=None, after=after)
