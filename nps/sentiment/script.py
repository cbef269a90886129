"""The language of a text by its letters: enough to tell Russian from English."""

import re

CYRILLIC = re.compile(r"[А-Яа-яЁё]")
LATIN = re.compile(r"[A-Za-z]")
# Letters that Kazakh has and Russian has not.
KAZAKH = re.compile(r"[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")


def language_of(text: str) -> str:
    """en, ru, kk; empty where there are no letters of these, or as many of each."""
    cyrillic = len(CYRILLIC.findall(text)) + len(KAZAKH.findall(text))
    latin = len(LATIN.findall(text))
    if cyrillic == latin:
        return ""
    if latin > cyrillic:
        return "en"
    # One letter may be a slip, or a Ukrainian name.
    return "kk" if len(KAZAKH.findall(text)) > 1 else "ru"
