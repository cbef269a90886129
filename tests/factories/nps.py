"""Each row stands in the tenant in scope."""

from datetime import UTC, date, datetime

import factory

from nps.models import Invitation, Response, Survey
from nps.services.succession import succeed
from tests.factories.accounts import ContactFactory


class SurveyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Survey

    name = factory.Sequence(lambda n: f"Survey {n}")
    key = factory.Sequence(lambda n: f"survey-{n}")
    state = "on"
    on_since = date(2026, 1, 1)


class InvitationFactory(factory.django.DjangoModelFactory):
    """Sent by mail on 4 May 2026."""

    class Meta:
        model = Invitation

    survey = factory.SubFactory(SurveyFactory)
    contact = factory.SubFactory(ContactFactory)
    account = factory.SelfAttribute("contact.account")
    address = factory.SelfAttribute("contact.email")
    language = "en"
    reason = "start"
    occasion = factory.Sequence(lambda n: f"start:{n}")
    occurred_on = date(2026, 5, 4)
    planned_on = date(2026, 5, 4)
    lapses_on = date(2026, 5, 25)
    state = "sent"
    sent_at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    expires_at = datetime(2026, 6, 3, 8, tzinfo=UTC)


class ResponseFactory(factory.django.DjangoModelFactory):
    """A passive of 4 May 2026, taken from another system."""

    class Meta:
        model = Response

    contact = factory.SubFactory(ContactFactory)
    account = factory.SelfAttribute("contact.account")
    kind = "nps"
    score = 8
    answered_at = datetime(2026, 5, 4, 9, tzinfo=UTC)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        succeed([row.contact_id])
        row.refresh_from_db(fields=["again_at"])
        return row
