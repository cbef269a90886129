"""T-TOK-1, without a database: a token opens what it was made for, and nothing else."""

import uuid

import pytest
import time_machine

from nps.tokens import Named, Purpose, read_token, token_of

NAMED = Named(7, uuid.UUID("01970000-0000-7000-8000-000000000001"), 3)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("tenant_id", [1, 255, 256, 2**62])
def test_a_token_names_its_row(purpose, tenant_id):
    named = Named(tenant_id, NAMED.key, NAMED.serial)

    assert read_token(token_of(purpose, named), purpose) == named


def test_a_token_is_short_and_needs_no_quoting():
    token = token_of(Purpose.ASK, NAMED)

    assert len(token) == 72
    assert set(token) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )


@pytest.mark.parametrize("made_for", Purpose)
def test_a_token_opens_no_other_door(made_for):
    token = token_of(made_for, NAMED)

    opened = {purpose for purpose in Purpose if read_token(token, purpose)}

    assert opened == {made_for}


def test_no_changed_token_is_read():
    token = token_of(Purpose.ASK, NAMED)
    changed = {
        token[:at] + letter + token[at + 1 :]
        for at in range(len(token))
        for letter in "Aa0-_.=é\x00"
        if letter != token[at]
    }
    cut = {token[:length] for length in range(len(token))}
    longer = {token + more for more in ("A", "=", ".", "\n", " ", token)}

    read = {one for one in changed | cut | longer if read_token(one, Purpose.ASK)}

    assert (len(changed) > 500, read) == (True, set())


@pytest.mark.parametrize("text", ["", ".", "..", "é.é", "\ud800", "A" * 10_000])
def test_what_is_no_token_is_refused(text):
    assert [read_token(text, purpose) for purpose in Purpose] == [None] * len(Purpose)


def test_the_token_of_a_sitting_ends_with_it():
    with time_machine.travel("2026-05-04T09:00Z", tick=False) as clock:
        words, ask = (token_of(one, NAMED) for one in (Purpose.WORDS, Purpose.ASK))
        clock.move_to("2026-05-04T10:59Z")
        before = read_token(words, Purpose.WORDS)
        clock.move_to("2026-05-04T11:01Z")

        assert (before, read_token(words, Purpose.WORDS)) == (NAMED, None)
        assert read_token(ask, Purpose.ASK) == NAMED


def test_another_secret_key_signs_nothing_of_ours(settings):
    token = token_of(Purpose.ASK, NAMED)
    own, settings.SECRET_KEY = settings.SECRET_KEY, "another"

    refused = read_token(token, Purpose.ASK)
    settings.SECRET_KEY_FALLBACKS = [own]

    assert (refused, read_token(token, Purpose.ASK)) == (None, NAMED)
