"""Links that people hand on themselves: to one person, to a screen, into the product."""

from datetime import timedelta

from django.db import transaction

from cs_platform.lib import clock
from nps.models import Invitation, Survey
from nps.services.scheduling import language_of
from tenants.services import record_audit


@transaction.atomic
def link_to(survey: Survey, contact, *, tenant, by, by_key=None) -> Invitation:
    """The invitation behind a link for one person; the same one all day.

    Nothing is mailed, and no rule is asked: who hands it on decides. It counts as asked,
    so that no mail follows soon. In the audit trail when it is made.
    """
    at = clock.now()
    on = clock.day_of(at, tenant.timezone)
    invitation, is_new = Invitation.objects.get_or_create(
        survey=survey,
        contact=contact,
        occasion=f"{Invitation.Reason.LINK}:{on}",
        defaults={
            "version": survey.version,
            "account": contact.account,
            "address": contact.email.lower(),
            "language": language_of(contact.account.language, tenant),
            "reason": Invitation.Reason.LINK,
            "occurred_on": on,
            "planned_on": on,
            "lapses_on": on,
            "state": Invitation.State.SENT,
            "sent_at": at,
            "expires_at": at + timedelta(days=survey.expires_after_days),
        },
    )
    if is_new:
        said = {"survey": survey.name, "contact": contact.name}
        record_audit("survey.link_made", invitation, by=by, by_key=by_key, after=said)
    return invitation


@transaction.atomic
def replace_links(survey: Survey, *, by) -> Survey:
    """Make every kiosk and snippet of a survey handed out before worthless.

    Links to one person stay: they are theirs. In the audit trail; each call replaces
    once more.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    before = survey.link_serial
    survey.link_serial += 1
    survey.save(update_fields=["link_serial", "updated_at"])
    record_audit(
        "survey.links_replaced",
        survey,
        by=by,
        before={"serial": before},
        after={"serial": survey.link_serial},
    )
    return survey
