"""A survey is tried out by who makes it."""

import uuid

from django.db import transaction

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from messaging.models import Channel, Message
from nps.models import Survey
from nps.queries.samples import SAMPLE
from tenants.models import User
from tenants.scoping import current_tenant_id


@transaction.atomic
def send_sample(survey: Survey, *, language: str, to: User) -> None:
    """Put the survey's letter, marked as a test, into the outbox for a member.

    It is no invitation: nothing is counted, and its links record nothing. Each call
    sends another.
    """
    Message.objects.create(
        channel=Channel.EMAIL,
        unique_key=f"survey-sample:{survey.pk}:{uuid.uuid4().hex}",
        kind=SAMPLE,
        address=to.email,
        language=language,
        subject=str(survey),
        path=f"/surveys/{survey.pk}/sample/{language}/",
        next_attempt_at=clock.now(),
    )
    wake("messaging.deliver", tenant_id=current_tenant_id())
