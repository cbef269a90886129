import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

PLACES = re.compile(r"%\((\w+)\)[sd]|%[sd]")


def catalog(language):
    path = settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def texts(value):
    return [value] if isinstance(value, str) else list(value)


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES[1:]])
def test_every_text_is_translated(language):
    messages = catalog(language)

    assert len(messages) > 1000
    assert [m.id for m in messages if not all(texts(m.string)) or m.fuzzy] == []


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES[1:]])
def test_a_translation_has_the_places_of_its_original(language):
    different = [
        message.id
        for message in catalog(language)
        for text in texts(message.string)
        if "python-format" in message.flags
        and set(PLACES.findall(text)) - set(PLACES.findall(texts(message.id)[-1]))
    ]

    assert different == []


def test_a_counted_text_has_three_forms_in_russian():
    counted = [m for m in catalog("ru") if m.pluralizable]

    assert {len(message.string) for message in counted} == {3}
