"""Answers are sorted by people, in words of their own."""

from django.db import transaction

from nps.models import Response
from tenants.services import record_audit


@transaction.atomic
def tag(response: Response, tags: list[str], *, by) -> Response:
    """Give an answer these tags and no others. Safe to repeat."""
    row = Response.objects.select_for_update(no_key=True).get(pk=response.pk)
    before = row.tags
    if before != tags:
        row.tags = tags
        row.save(update_fields=["tags"])
        record_audit(
            "response.tagged", row, by=by, before={"tags": before}, after={"tags": tags}
        )
    return row
