"""The files of an offer, made of its document."""

from datetime import datetime
from pathlib import Path

from cs_platform.lib import typesetting
from renewals.offering.word import word

SOURCE = Path(__file__).parent / "offer.typ"


def pdf(said: dict, *, logo: bytes | None = None, made_at: datetime) -> bytes:
    """Raises `typesetting.NotTypeset` when it cannot be made in time."""
    data, files = _with_logo(said, logo)
    stamp = int(made_at.timestamp())
    return typesetting.pdf(SOURCE, data, files=files, timestamp=stamp)


def pages(said: dict, *, logo: bytes | None = None) -> list[bytes]:
    """Pictures (PNG) of the pages of the PDF."""
    data, files = _with_logo(said, logo)
    return typesetting.pages(SOURCE, data, files=files)


MAKERS = {"pdf": pdf, "docx": word}


def _with_logo(said, logo):
    if not logo:
        return said | {"logo": ""}, {}
    # Typst tells the kind of a picture from its content when the name does not say.
    return said | {"logo": "logo"}, {"logo": logo}
