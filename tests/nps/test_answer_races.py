"""T-TOK-1: the same link a hundred times at once is one answer, over real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from nps.models import FollowUp, Invitation, OptOut, Response
from nps.tokens import Named, Purpose, new_turn, token_of
from tenants.scoping import tenant_scope
from tests.factories.nps import InvitationFactory, SurveyFactory
from tests.factories.tenants import TenantFactory

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_limits")]
TIMES = 100


@pytest.fixture
def acme(committed, settings):
    settings.SURVEY_RATE = "100000/minute"
    return TenantFactory(slug="acme")


def at_once(here, bodies, lanes=10):
    """Post these from so many threads that begin together; the statuses."""
    barrier = Barrier(lanes)

    def lane(number):
        barrier.wait()
        try:
            return [
                Client(raise_request_exception=False).post(here, body).status_code
                for body in bodies[number::lanes]
            ]
        finally:
            connections.close_all()

    Client().get(here)
    with ThreadPoolExecutor(lanes) as pool:
        return sorted(sum(pool.map(lane, range(lanes)), []))


def link(tenant, **fields):
    with tenant_scope(tenant.pk):
        fields.setdefault("expires_at", None)
        invitation = InvitationFactory(**fields)
    return f"/s/{token_of(Purpose.ASK, Named(tenant.pk, invitation.pk))}/"


def test_a_replayed_answer_is_one(acme):
    statuses = at_once(link(acme), [{"score": "9"}] * TIMES)

    assert statuses == [303] * TIMES
    with tenant_scope(acme.pk):
        row = Response.objects.get()
        assert (row.score, row.changed_at) == (9, None)
        assert FollowUp.objects.count() <= 1


def test_other_scores_at_once_leave_one_answer_that_somebody_gave(acme):
    scores = [{"score": str(n % 11)} for n in range(TIMES)]

    statuses = at_once(link(acme), scores)

    assert statuses == [303] * TIMES
    with tenant_scope(acme.pk):
        assert Response.objects.get().score in range(11)


def test_an_anonymous_answer_replayed_is_one(acme):
    here = link(acme, survey__is_anonymous=True)

    statuses = at_once(here, [{"score": "9"}] * TIMES)

    assert statuses == [303] + [404] * (TIMES - 1)
    with tenant_scope(acme.pk):
        assert (Response.objects.count(), Invitation.objects.get().state) == (
            1,
            "answered",
        )


def test_a_turn_of_a_kiosk_replayed_is_one(acme):
    with tenant_scope(acme.pk):
        survey = SurveyFactory()
        named = Named(acme.pk, survey.pk, survey.link_serial)
    here = f"/k/{token_of(Purpose.KIOSK, named)}/"
    turn = new_turn("kiosk", survey)

    statuses = at_once(here, [{"turn": turn, "score": "9"}] * TIMES)

    assert statuses == [303] * TIMES
    with tenant_scope(acme.pk):
        assert Response.objects.count() == 1


def test_leaving_a_hundred_times_is_leaving_once(acme):
    with tenant_scope(acme.pk):
        invitation = InvitationFactory(expires_at=None)
    named = Named(acme.pk, invitation.pk)
    stop = f"/u/{token_of(Purpose.STOP, named)}/"

    statuses = at_once(stop, [{}] * TIMES)

    assert statuses == [200] * TIMES
    with tenant_scope(acme.pk):
        assert OptOut.objects.count() == 1
