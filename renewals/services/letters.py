"""The template of the workspace's offers."""

from django.db import transaction

from renewals.models import Logo
from tenants.services import record_audit


@transaction.atomic
def keep_template(template, *, picture=None, has_no_logo=False, by):
    """Write how offers look; a new logo is a new row, as sent offers keep the old one.

    Drafts show it at once, what was sent stays as it is. In the audit trail.
    """
    if picture:
        template.logo = Logo.objects.create(
            content=picture.content,
            content_type=picture.content_type,
            width=picture.width,
            height=picture.height,
        )
    elif has_no_logo:
        template.logo = None
    template.save()
    after = {
        "company": template.company,
        "colour": template.colour,
        "validity_days": template.validity_days,
        "has_logo": template.logo_id is not None,
    }
    record_audit("offer_template.set", template, by=by, before=None, after=after)
    return template


@transaction.atomic
def keep_wording(wording, *, by):
    """Write what offers say in a language. In the audit trail."""
    wording.save()
    after = {"language": wording.language, "title": wording.title}
    record_audit("offer_wording.set", wording, by=by, before=None, after=after)
    return wording
