"""Bodies that are meant to break us: 4xx in our form, never 5xx, nothing kept."""

import gzip

import pytest

from accounts.models import Account
from tenants.scoping import tenant_scope

URLS = ["/api/v1/accounts/", "/api/v1/accounts/bulk/", "/api/v1/accounts/a1"]


def named(value):
    return b'{"external_id": "a1", "name": "x", "custom": {"v": ' + value + b"}}"


BODIES = {
    "lone surrogate": named(b'"\\ud800"'),
    "NUL": named(b'"a\\u0000b"'),
    "NUL in a name": b'{"external_id": "a1", "name": "x", "custom": {"\\u0000": 1}}',
    "infinite": named(b"1e400"),
    "NaN": named(b"NaN"),
    "Infinity": named(b"-Infinity"),
    "huge integer": named(b"9" * 4000),
    "over 64 bits": named(b"18446744073709551616"),
    "65 deep": named(b"[" * 65 + b"]" * 65),
    "20,000 deep": named(b"[" * 20_000 + b"]" * 20_000),
    "half": b'{"external_id": "a1", ',
    "empty": b"",
    "UTF-16": '{"external_id": "a1", "name": "x"}'.encode("utf-16"),
    "Latin-1": b'{"external_id": "a1", "name": "\xe9"}',
    "gzip": gzip.compress(b'{"external_id": "a1", "name": "x"}'),
    "a list of lists": b"[[[]]]",
    "a number": b"7",
    "null": b"null",
    "a word": b"accounts",
    "names as numbers": b'{"external_id": 7, "name": 7}',
    "objects as text": b'{"external_id": {"a": 1}, "name": {"a": 1}}',
    "an owner as a list": b'{"external_id": "a1", "name": "x", "owner": ["a"]}',
    "a slash": b'{"external_id": "a/b", "name": "x"}',
    "a line break": b'{"external_id": "a\\nb", "name": "x"}',
}


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_hostile_body_is_refused(api, tenant, url, body):
    send = api.put if url.endswith("a1") else api.post
    answer = send(url, data=body, content_type="application/json")

    is_per_item = answer.status_code == 200 and url.endswith("bulk/")
    if is_per_item:
        assert {r["status"] for r in answer.json()["results"]} == {"error"}
    else:
        assert answer.status_code == 400
        assert set(answer.json()) == {"code", "message", "errors"}
    with tenant_scope(tenant.pk):
        assert Account.objects.count() == 0


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-16", 400),
        ("application/json; charset=bz2_codec", 400),
        ("application/json; charset=utf-8", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
    ],
)
def test_only_utf8_json_is_read(api, content_type, status):
    answer = api.generic(
        "POST", URLS[0], b'{"external_id": "a1", "name": "x"}', content_type
    )

    assert answer.status_code == status


def test_a_compressed_body_is_refused(api):
    answer = api.post(
        URLS[0],
        data=b"x",
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.status_code == 415


def test_a_body_too_large_is_413(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = api.post(
            URLS[0],
            data=b"[" + b" " * 1000 + b"]",
            content_type="application/json",
            headers=headers,
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["a%00b", "%ff", "..%2f..", "a" * 5000])
def test_a_hostile_address_is_404(api, path):
    assert api.get(f"/api/v1/accounts/{path}").status_code == 404


def test_a_method_nobody_has_is_405(api):
    answers = [
        api.delete(URLS[0]),
        api.get(URLS[1]),
        api.options(URLS[0]),
        api.post(URLS[2]),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        (405, "method_not_allowed")
    ] * 4
