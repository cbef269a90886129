"""What a reader finds in the files of an offer, read by other programs than made them."""

import io
import re
import struct
import zlib

from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

# How amounts are written, without asking the code under test.
SEPARATORS = {"en": (",", "."), "ru": (" ", ",")}


def pdf_text(content):
    """The words of the PDF, white space of any kind and length as one blank."""
    return plain(" ".join(pdf_pages(content)))


def pdf_pages(content):
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def pdf_pictures(content):
    return sum(len(page.images) for page in PdfReader(io.BytesIO(content)).pages)


def word_text(content):
    """The words of the Word file, those of tables and of the foot too."""
    paper = Document(io.BytesIO(content))
    texts = [
        node.text or "" for node in paper.element.iter() if node.tag.endswith("}t")
    ]
    return plain(" ".join(texts))


def word_language(content):
    """The language in which Word checks the spelling."""
    styles = Document(io.BytesIO(content)).styles.element
    return styles.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}").get(qn("w:val"))


def plain(text):
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def written(amount, sign, language="en"):
    """An amount as a person writes it: $1,234.50 or 1 234,50 ₸."""
    thousands, point = SEPARATORS[language]
    whole, cents = f"{amount:.2f}".split(".")
    groups = re.sub(r"(?<=\d)(?=(\d{3})+$)", thousands, whole)
    number = f"{groups}{point}{cents}"
    return f"{sign}{number}" if language == "en" else f"{number} {sign}"


def png(width=60, height=20, colour=(30, 90, 160)):
    """A picture made by hand."""
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
