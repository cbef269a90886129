"""A person guards their own sign-in with an app that shows codes."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

PASSWORD = "correct horse battery"
ACTIVATE = "/account/second-factor/totp/activate/"

pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as clock:
        yield clock


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_in(client, person):
    data = {"login": person.email, "password": PASSWORD}
    return client.post("/sign-in/", data)


def sign_in_twice(client, person):
    """As who changes what guards the account has to."""
    sign_in(client, person)
    client.post("/account/reauthenticate/", {"password": PASSWORD})


@pytest.fixture
def person(csm):
    csm.set_password(PASSWORD)
    csm.save()
    return csm


@pytest.fixture
def secret(visitor_client, person):
    """The secret of a second factor that the person has switched on."""
    sign_in_twice(visitor_client, person)
    secret = visitor_client.get(ACTIVATE).context["form"].secret
    response = visitor_client.post(ACTIVATE, {"code": code_of(secret)})
    assert response.status_code == 302
    visitor_client.post("/sign-out/")
    return secret


def test_with_a_second_factor_the_password_is_not_enough(
    visitor_client, person, secret, now
):
    response = sign_in(visitor_client, person)
    asked = response["Location"]
    before = visitor_client.get("/t/acme/").status_code
    wrong = visitor_client.post(asked, {"code": "000000"}).status_code
    now.shift(30)
    right = visitor_client.post(asked, {"code": code_of(secret)}).status_code

    assert (before, wrong, right) == (302, 200, 302)
    assert visitor_client.get("/t/acme/").status_code == 200


def test_its_secret_is_not_readable_in_the_database(person, secret):
    kept = [str(one.data) for one in Authenticator.objects.all()]

    assert len(kept) == 2
    assert not any(secret in text for text in kept)


@pytest.mark.parametrize("page", ["", "totp/activate/", "recovery-codes/generate/"])
def test_its_pages_stand_in_our_frame(visitor_client, person, page):
    sign_in_twice(visitor_client, person)

    response = visitor_client.get(f"/account/second-factor/{page}", follow=True)

    assert response.status_code == 200
    assert b'class="plain-card"' in response.content
