"""Letters to people who are in no workspace, with files."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail

from messaging.letters import File
from messaging.models import Attachment, Message
from messaging.services import deliver, write_to

CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
INVITE = File("invite.ics", "text/calendar; method=REQUEST", CALENDAR)


def write(**changes):
    fields = {
        "kind": "review.invitation",
        "subject": "Обзор квартала",
        "body": "Приходите",
        "unique_key": "review:1",
        "language": "ru",
        "reply_to": "csm@example.com",
        "files": (INVITE,),
    }
    return write_to("anna@customer.example", **fields | changes)


def test_a_letter_written_twice_is_one_with_its_file(in_tenant):
    done = [write(), write(subject="Again")]

    assert done == [True, False]
    assert list(Message.objects.values_list("address", "subject")) == [
        ("anna@customer.example", "Обзор квартала")
    ]
    assert [bytes(one.content) for one in Attachment.objects.all()] == [CALENDAR]


def test_a_calendar_is_a_form_of_the_letter_and_a_file(in_tenant):
    write()

    with time_machine.travel(datetime.now(UTC), tick=True):
        deliver(in_tenant.pk, seconds=1)

    parts = {part.get_content_type(): part for part in mail.outbox[0].message().walk()}
    assert mail.outbox[0].reply_to == ["csm@example.com"]
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["text/calendar"].get_payload(decode=True) == CALENDAR
    assert parts["application/ics"].get_filename() == "invite.ics"
    assert parts["application/ics"].get_payload(decode=True) == CALENDAR


@pytest.mark.parametrize(("language", "word"), [("ru", "ru"), ("", "en")])
def test_a_letter_is_framed_in_the_language_of_its_reader(in_tenant, language, word):
    write(language=language)

    deliver(in_tenant.pk, seconds=1)

    assert f'<html lang="{word}">' in mail.outbox[0].alternatives[0].content
