"""The public pages of surveys under requests that no browser makes: never a 500.

SURVEY_FUZZ_SECONDS=600 pytest -s -p no:logging tests/nps/test_fuzz.py is the long form,
SURVEY_FUZZ_SEED another one. What failed is told with its seed and number, which make
the same request again.
"""

import io
import json
import os
import random
import time
from collections import Counter

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from nps.models import Response, SurveyQuestion
from nps.tokens import Named, Purpose, new_turn, token_of
from tenants.scoping import tenant_scope
from tests.factories.nps import InvitationFactory, SurveyFactory
from tests.factories.tenants import TenantFactory

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_limits")]
SECONDS = float(os.environ.get("SURVEY_FUZZ_SECONDS", "3"))
SEED = int(os.environ.get("SURVEY_FUZZ_SEED", "20260504"))
APP = "https://app.acme.example"

METHODS = [*["GET"] * 8, *["POST"] * 20, "HEAD", "OPTIONS", "PUT", "TRACE", "P\xff"]
SHAPES = [
    ("/s/{}/", Purpose.ASK),
    ("/s/{}/7/", Purpose.ASK),
    ("/s/{}/99999999999999999999/", Purpose.ASK),
    ("/s/{}/why/", Purpose.ASK),
    ("/w/{}/", Purpose.WORDS),
    ("/u/{}/", Purpose.STOP),
    ("/k/{}/", Purpose.KIOSK),
    ("/k/{}/{}/", Purpose.KIOSK),
    ("/snippet/{}.js", Purpose.SNIPPET),
    ("/snippet/{}/asking/", Purpose.SNIPPET),
    ("/snippet/{}/answers/", Purpose.SNIPPET),
]
TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "application/json",
    "text/plain; charset=\xff",
    "",
]
NAMES = ["score", "comment", "turn", "again", "skip", "List-Unsubscribe", "q0", "q1"]
JSON_NAMES = ["turn", "score", "words", "comment", "account", "contact", "at",
              "signature", "language"]  # fmt: skip
TEXTS = ["", "9", "-1", "10", "1e9", "\x00", "é", "\ud800", "٣", "9" * 5000, "a" * 70_000,
         "<script>", "'; DROP", "{{ 7 }}", "%(x)s", "\r\nX: y", "on", "b", "c"]  # fmt: skip


class Fuzzer:
    """Requests by number: the same seed and number are the same request."""

    def __init__(self, tokens):
        self.tokens = tokens

    def environ(self, number):
        dice = random.Random(f"{SEED}:{number}")
        shape, purpose = dice.choice(SHAPES)
        path = shape.format(
            self._token(dice, purpose), self._token(dice, Purpose.WORDS)
        )
        path = self._mangled(dice, path.encode("utf-8", "surrogatepass"))
        body, kind = self._body(dice)
        return {
            "REQUEST_METHOD": dice.choice(METHODS),
            "PATH_INFO": path.decode("latin-1"),
            "QUERY_STRING": dice.choice(["", "language=ru", "language=%00", "%ff=%", "&&="]),
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": dice.choice([str(len(body))] * 9 + ["", "99999"]),
            "REMOTE_ADDR": f"10.0.{number >> 8 & 255}.{number & 255}",
            "HTTP_ORIGIN": dice.choice([APP, APP, "null", "\xff", ""]),
            "HTTP_ACCEPT_LANGUAGE": dice.choice(["ru", "en", "xx", "\xff", "a" * 900]),
            "HTTP_COOKIE": dice.choice(["", "sessionid=x", "csrftoken=\xff", ";;="]),
            "HTTP_HX_REQUEST": dice.choice(["", "true"]),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
        }  # fmt: skip

    def _token(self, dice, purpose):
        good = dice.choice(self.tokens[purpose])
        if dice.random() < 0.6:
            return good
        other = dice.choice(self.tokens[dice.choice(list(Purpose))])
        at = dice.randrange(len(good))
        bent = good[:at] + dice.choice("A-_.=\x00é\ud800") + good[at + 1 :]
        return dice.choice([other, bent, good[:at], "", dice.choice(TEXTS)])

    def _mangled(self, dice, path):
        if dice.random() < 0.9:
            return path
        at = dice.randrange(1, len(path))
        return path[:at] + dice.randbytes(dice.randrange(4)) + path[at:]

    def _body(self, dice):
        kind = dice.choice(TYPES)
        if "json" in kind:
            return self._json(dice), kind
        pairs = [
            (dice.choice(NAMES), self._value(dice)) for _ in range(dice.randrange(5))
        ]
        if kind.startswith("multipart"):
            parts = "".join(
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in pairs
            )
            return self._mangled(
                dice, (parts + "--b--\r\n").encode("utf-8", "replace")
            ), kind
        text = "&".join(f"{name}={value}" for name, value in pairs)
        return text.encode("utf-8", "surrogatepass"), kind

    def _json(self, dice):
        if dice.random() < 0.1:
            return dice.choice(
                [b"", b"[" * 60_000, b"null", b"\xff", b"{}", b'{"at": 1e400}']
            )
        said = {name: self._value(dice) for name in dice.sample(JSON_NAMES, 4)}
        if dice.random() < 0.5:
            said |= {"score": dice.randrange(-2, 13)}
        return json.dumps(said).encode()

    def _value(self, dice):
        if dice.random() < 0.3:
            return self._token(
                dice, dice.choice([Purpose.TURN, Purpose.WORDS, Purpose.ASK])
            )
        return dice.choice([*TEXTS, str(dice.randrange(12))])


@pytest.fixture
def tokens(committed, settings):
    """Of every purpose some that open something."""
    settings.SURVEY_RATE = "100000000/minute"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        surveys = [
            SurveyFactory(origins=[APP], kind=kind, is_anonymous=is_anonymous)
            for kind in ("nps", "csat", "free")
            for is_anonymous in (False, True)
        ]
        for survey in surveys[4:]:
            for position, kind in enumerate(("score", "many")):
                SurveyQuestion.objects.create(
                    survey=survey, position=position, kind=kind, label={"en": "?"},
                    choices=[{"key": key, "label": {"en": key}} for key in "bc"],
                )  # fmt: skip
        asked = [
            InvitationFactory(survey=survey, expires_at=None).pk
            for survey in surveys
            for _ in range(4)
        ]
        answers = [
            Response.objects.create(
                survey=survey, kind=survey.kind, is_anonymous=True, source="snippet",
                score=None if survey.kind == "free" else 5, answered_at=survey.created_at,
            ).pk
            for survey in surveys
        ]  # fmt: skip
    keys = {
        Purpose.ASK: asked,
        Purpose.STOP: asked,
        Purpose.WORDS: answers,
        Purpose.KIOSK: [one.pk for one in surveys],
        Purpose.SNIPPET: [one.pk for one in surveys],
    }
    made = {
        purpose: [token_of(purpose, Named(tenant.pk, key)) for key in found]
        for purpose, found in keys.items()
    }
    turns = [new_turn(way, one) for one in surveys for way in ("kiosk", "snippet")]
    return made | {Purpose.TURN: turns}


def status_of(site, environ):
    said = []
    answer = site(environ, lambda status, *_: said.append(status))
    answer.close()
    return int(said[0][:3])


def test_no_request_breaks_a_public_page(tokens):
    fuzzer, site, statuses, broken = Fuzzer(tokens), WSGIHandler(), Counter(), []
    until, number = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        status = status_of(site, fuzzer.environ(number))
        statuses[status] += 1
        if status >= 500:
            broken.append((SEED, number, status))
        number += 1
    connections.close_all()

    print(f"\n{number} requests: {dict(sorted(statuses.items()))}")
    assert broken == []
    # Or nothing was let in, and nothing was tried.
    assert {200, 303, 404} <= set(statuses)
