"""What customers of the demo were asked and answered, and who came back to them."""

import random
from datetime import timedelta
from uuid import uuid4

from accounts.models import Contact
from cs_platform.lib import clock
from integrations.services.demo.cast import Stage
from integrations.services.demo.words import ANONYMOUS, REPLIES, SURVEYS, TAGS
from nps import numbers
from nps.models import FollowUp, Invitation, Kind, Response, Survey, SurveyVersion
from nps.services import follow_up_rest
from nps.services.following import FRESH, patience
from nps.services.releasing import release, veil
from nps.services.words import read_words
from tenants.models import Tenant
from tenants.scoping import tenant_scope

ASKED_DAYS = 120
NPS_KEY, CLIMATE_KEY = "relationship", "climate"


def answer(stage: Stage, tenant: Tenant, today) -> None:
    """Give the answers of the story a survey, invitations, tags and replies, and add an
    anonymous survey, still a draft, with eleven answers, of which ten are shown. Safe to
    repeat."""
    with tenant_scope(tenant.pk):
        if Survey.objects.filter(key=NPS_KEY).exists():
            return
        words = SURVEYS[stage.language]
        # On from today, and back every quarter: a week ahead has people in it. The
        # mail of a demo goes to files, some letters a week.
        survey = _survey(
            NPS_KEY, words[0], state=Survey.State.ON, on_since=today, then_every_days=90
        )
        climate = _survey(CLIMATE_KEY, words[1], is_anonymous=True)
        now = clock.now()
        _ask(survey, now)
        _tag(stage, now)
        _come_back(stage, now)
        _speak_freely(climate, stage, now)
        while follow_up_rest():
            pass


def _survey(key, name, **more):
    survey = Survey.objects.create(key=key, name=name, kind=Kind.NPS, **more)
    SurveyVersion.objects.create(survey=survey, number=1, at=clock.now())
    return survey


def _ask(survey, now):
    since = now - timedelta(days=ASKED_DAYS)
    given = Response.objects.filter(kind=Kind.NPS, answered_at__gte=since)
    answers = list(given.exclude(contact=None).select_related("contact"))
    asked = [_invitation(survey, one.contact, one.answered_at, one) for one in answers]
    draw = random.Random(f"silent {survey.tenant_id}")
    known = {one.contact_id for one in answers}
    silent = Contact.objects.exclude(pk__in=known).exclude(email="")
    for contact in silent.order_by("external_id")[: len(answers)]:
        sent_at = now - timedelta(days=draw.randint(3, ASKED_DAYS))
        asked.append(_invitation(survey, contact, sent_at, None))
    Invitation.objects.bulk_create(asked, batch_size=500)
    for row, invitation in zip(answers, asked, strict=False):
        row.survey, row.invitation, row.source = survey, invitation, "mail"
        row.survey_version = survey.version
    fields = ["survey", "invitation", "source", "survey_version"]
    Response.objects.bulk_update(answers, fields, batch_size=500)


def _invitation(survey, contact, at, response):
    """Sent the day before the answer; of who never answered it is over, or still open."""
    sent_at = at - timedelta(days=1)
    expires_at = sent_at + timedelta(days=survey.expires_after_days)
    is_over = expires_at < clock.now()
    silent = Invitation.State.EXPIRED if is_over else Invitation.State.SENT
    day = sent_at.date()
    return Invitation(
        survey=survey,
        account_id=contact.account_id,
        contact=contact,
        address=contact.email.lower(),
        language=response.language if response and response.language else "en",
        reason=Invitation.Reason.START,
        occasion=f"start:{day}",
        occurred_on=day,
        planned_on=day,
        lapses_on=day + timedelta(days=survey.lapses_after_days),
        state=Invitation.State.ANSWERED if response else silent,
        sent_at=sent_at,
        answered_at=at if response else None,
        expires_at=expires_at,
    )


def _tag(stage, now):
    rows = list(
        Response.objects.filter(answered_at__gte=now - timedelta(days=ASKED_DAYS))
        .exclude(comment="")
        .order_by("external_id")
    )
    for number, row in enumerate(rows):
        row.tags = [TAGS[stage.language][number % len(TAGS[stage.language])]]
    Response.objects.bulk_update(rows[::2], ["tags"], batch_size=500)


def _come_back(stage, now):
    """To most of those of the last months somebody did, to some of them too late."""
    rows = Response.objects.filter(
        kind=Kind.NPS,
        account__isnull=False,
        answered_at__range=(now - timedelta(days=ASKED_DAYS), now - FRESH),
    )
    draw, found = random.Random(f"replies {stage.slug}"), []
    for row in rows.select_related("account__owner").order_by("external_id"):
        kind = numbers.kind_of(row.score)
        due_at = row.answered_at + patience(kind)
        loop = FollowUp(response=row, kind=kind, due_at=due_at)
        if draw.random() < 0.8:
            reply, result = REPLIES[stage.language][kind]
            late = draw.random() < 0.2
            at = due_at + timedelta(hours=30) if late else due_at - timedelta(hours=2)
            loop.reply, loop.result = reply, result
            loop.replied_at = loop.closed_at = min(at, now)
            loop.closed_by = row.account.owner
        else:
            # Long past: nobody is called to it any more.
            loop.escalated_at = loop.closed_at = min(due_at + timedelta(days=3), now)
        found.append(loop)
    FollowUp.objects.bulk_create(found, batch_size=500)


def _speak_freely(survey, stage, now):
    for number, (score, comment) in enumerate(ANONYMOUS[stage.language]):
        row = Response.objects.create(
            id=uuid4(),
            survey=survey,
            survey_version=1,
            is_anonymous=True,
            kind=Kind.NPS,
            source=Response.Source.INVITED,
            score=score,
            comment=comment,
            **read_words(comment, stage.language, kind=Kind.NPS, score=score),
            answered_at=now - timedelta(days=11 - number),
        )
        veil(row)
        # As it was on that day: the second five were shown on the day after yesterday.
        release(row, at=now - timedelta(days=11 - number))
