"""A report as slides, as members and customers see it."""

import base64

from django.shortcuts import render
from django.utils import translation

from qbr.deck import screen
from qbr.deck.logo import ground
from qbr.deck.placing import name_size
from qbr.queries.reports import deck_of_report, look


def slides_response(request, template, report, **context):
    """The page in the language of the report, whoever reads it."""
    deck, style = deck_of_report(report), look()
    context |= {
        "deck": deck,
        "slides": screen.shown(deck),
        "cover_blocks": screen.cover_blocks(deck),
        "palette": screen.palette(deck),
        "last": len(deck.slides) + 1,
        "logo": picture(style.logo),
        "logo_ground": ground(style.logo) if style.logo else "paper",
        "name_size": name_size(deck.cover),
        "report": report,
    }
    with translation.override(deck.language):
        response = render(request, template, context)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def picture(content: bytes | None) -> str:
    """The logo in an address of its own, so that no other page has to be asked."""
    if not content:
        return ""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
