"""A POST repeated with its Idempotency-Key is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connections
from rest_framework.test import APIClient

from nps.models import Response
from tenants import tasks
from tenants.models import IdempotentReply, Tenant
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tenants.services.replies import forget_replies
from tests.factories.accounts import AccountFactory

URL = "/api/v1/responses/"
ANSWER = {"account": "a1", "kind": "nps", "score": 9}


def post(client, body, key="k1"):
    return client.post(URL, body, format="json", headers={"Idempotency-Key": key})


@pytest.fixture
def account(tenant):
    with tenant_scope(tenant.pk):
        return AccountFactory(external_id="a1")


def test_a_repeat_gets_the_first_answer(api, tenant, account):
    first, second, other = (
        post(api, ANSWER),
        post(api, ANSWER),
        post(api, ANSWER, key="k2"),
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() != other.json()
    assert second["Idempotent-Replayed"] == "true"
    with tenant_scope(tenant.pk):
        assert Response.objects.count() == 2


def test_another_body_under_the_same_key_is_422(api, account):
    post(api, ANSWER)

    answer = post(api, ANSWER | {"score": 1})

    assert (answer.status_code, answer.json()["code"]) == (
        422,
        "idempotency_key_reused",
    )


def test_a_refusal_is_not_kept(api, tenant):
    refused = post(api, ANSWER)
    with tenant_scope(tenant.pk):
        AccountFactory(external_id="a1")
    done = post(api, ANSWER)

    assert (refused.status_code, done.status_code) == (400, 201)


def test_keys_of_two_programs_do_not_meet(api, reading_api, tenant, account):
    with tenant_scope(tenant.pk):
        other = create_api_key(name="Other", scopes=["write"])[1]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {other}")

    answers = [post(api, ANSWER), post(client, ANSWER)]

    assert answers[0].json()["id"] != answers[1].json()["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_no_key_is_400(api, account, key):
    assert post(api, ANSWER, key=key).status_code == 400


@pytest.mark.slow
def test_fifty_at_once_do_it_once(committed):
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    with tenant_scope(tenant.pk):
        AccountFactory(external_id="a1")
        secret = create_api_key(name="A program")[1]

    def send(_):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        try:
            return post(client, ANSWER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(50)))

    done = [answer.json() for answer in answers if answer.status_code == 201]
    busy = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(busy) == 50
    assert len(done) >= 1
    assert done == [done[0]] * len(done)
    assert {answer["Retry-After"] for answer in busy} <= {"1"}
    with tenant_scope(tenant.pk):
        assert Response.objects.count() == 1
        assert IdempotentReply.objects.count() == 1


@pytest.mark.parametrize("hours", [47, 49])
def test_a_reply_is_kept_for_two_days(api, tenant, account, hours):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        post(api, ANSWER)
        for number in range(3):
            post(api, ANSWER, key=f"more-{number}")

    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC), tick=False) as time:
        time.shift(timedelta(hours=hours))
        tasks.forget_replies(tenant_id=tenant.pk)

    with tenant_scope(tenant.pk):
        assert IdempotentReply.objects.count() == (4 if hours < 48 else 0)


def test_replies_are_forgotten_a_batch_at_a_time(api, tenant, account):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        for number in range(3):
            post(api, ANSWER, key=f"key-{number}")

    with tenant_scope(tenant.pk):
        deleted = [forget_replies(limit=2) for _ in range(3)]

    assert deleted == [2, 1, 0]
