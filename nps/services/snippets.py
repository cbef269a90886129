"""A survey inside the workspace's own product: who sees it, and that it was shown."""

import secrets
from datetime import timedelta

from django.db import transaction

from cs_platform.lib import clock
from nps.models import Invitation, Survey, SurveySettings
from nps.queries.planning import speaks_against
from nps.services.scheduling import language_of
from tenants.services import record_audit


@transaction.atomic
def snippet_secret(*, by) -> str:
    """What the workspace's server signs identities with; made when first asked for.

    Making it is in the audit trail.
    """
    kept, _is_new = SurveySettings.objects.get_or_create()
    kept = SurveySettings.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if not kept.snippet_secret:
        kept.snippet_secret = secrets.token_hex(32)
        kept.save(update_fields=["snippet_secret", "updated_at"])
        record_audit("survey.snippet_secret_made", kept, by=by)
    return kept.snippet_secret


@transaction.atomic
def invite_by_snippet(survey: Survey, contact, *, tenant, language: str = ""):
    """The invitation of a known person in front of the snippet; None: not to be asked.

    The same rules and the same budget as by mail, reckoned under the same lock: while a
    sweep is asking, nobody is asked here. Shown again on one day it is the same one.
    """
    SurveySettings.objects.get_or_create()
    settings = SurveySettings.objects.select_for_update(
        of=("self",), no_key=True, skip_locked=True
    ).first()
    if settings is None:
        return None
    at = clock.now()
    on = clock.day_of(at, tenant.timezone)
    occasion = f"{Invitation.Reason.SNIPPET}:{on}"
    shown = Invitation.objects.filter(
        survey=survey, contact=contact, occasion=occasion
    ).first()
    if shown is not None:
        return shown if shown.state == Invitation.State.SENT else None
    if speaks_against(survey, contact, settings=settings, zone=tenant.timezone, on=on):
        return None
    return Invitation.objects.create(
        survey=survey,
        version=survey.version,
        account=contact.account,
        contact=contact,
        address=contact.email.lower(),
        language=language or language_of(contact.account.language, tenant),
        reason=Invitation.Reason.SNIPPET,
        occasion=occasion,
        occurred_on=on,
        planned_on=on,
        lapses_on=on,
        state=Invitation.State.SENT,
        sent_at=at,
        expires_at=at + timedelta(days=survey.expires_after_days),
    )
