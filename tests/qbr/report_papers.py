"""What a reader finds in the files of a report, read by other programs than made them."""

import io
import re

from pptx import Presentation
from pypdf import PdfReader


def plain(text):
    """White space of any kind and length as one blank; no invisible breaks."""
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


def pdf_pages(content):
    return [plain(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def pptx_pages(content):
    """The text of each slide: boxes, titles and tables."""
    return [
        plain(" ".join(text for shape in slide.shapes for text in _texts(shape)))
        for slide in Presentation(io.BytesIO(content)).slides
    ]


def pptx_charts(content):
    """Of each chart its categories, and its series by name."""
    return [
        (
            list(shape.chart.plots[0].categories),
            {
                series.name: list(series.values)
                for series in shape.chart.plots[0].series
            },
        )
        for slide in Presentation(io.BytesIO(content)).slides
        for shape in slide.shapes
        if shape.has_chart
    ]


def pptx_boxes(content):
    """What stands in the boxes of each slide, one text each."""
    return [
        [plain(shape.text_frame.text) for shape in slide.shapes if shape.has_text_frame]
        for slide in Presentation(io.BytesIO(content)).slides
    ]


def pptx_rows(content):
    """The rows of all tables, without empty cells, as in the text of a PDF."""
    return [
        [text for cell in row.cells if (text := plain(cell.text_frame.text))]
        for slide in Presentation(io.BytesIO(content)).slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
    ]


def _texts(shape):
    if shape.has_text_frame:
        yield shape.text_frame.text
    if shape.has_table:
        for row in shape.table.rows:
            for cell in row.cells:
                yield cell.text_frame.text
