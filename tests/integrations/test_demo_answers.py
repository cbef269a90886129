"""The demo tells what it asked and who came back; told twice it says nothing twice."""

from datetime import timedelta

import pytest

from cs_platform.lib import clock
from integrations.services.demo.answers import answer
from integrations.services.demo.cast import STAGES
from nps.models import FollowUp, Invitation, Response, Survey
from tenants.scoping import tenant_scope
from tests.factories.accounts import ContactFactory
from tests.factories.nps import ResponseFactory


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.slug)
def test_answers_of_the_story_were_asked_for_and_come_back_to(tenant, stage):
    now = clock.now()
    with tenant_scope(tenant.pk):
        ContactFactory.create_batch(3)
        for age, score in ((1, 3), (30, 9), (40, 7), (200, 2)):
            at = now - timedelta(days=age)
            ResponseFactory(score=score, comment="Hm", answered_at=at)

    for _ in range(2):
        answer(stage, tenant, now.date())

    with tenant_scope(tenant.pk):
        states = Invitation.objects.filter(state="answered")
        assert Survey.objects.count() == 2
        assert states.count() == Response.objects.exclude(invitation=None).count() == 3
        assert Response.objects.filter(is_anonymous=True).count() == 11
        assert Response.objects.shown().filter(is_anonymous=True).count() == 10
        # The fresh one is somebody's still; the one of 200 days ago never was.
        assert FollowUp.objects.count() == 3
        assert FollowUp.objects.open().get().kind == "detractor"
