"""A deck as a PowerPoint file: text that can be edited, tables and charts of its own."""

import io
from datetime import datetime

from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from qbr.deck import colours
from qbr.deck.logo import ground
from qbr.deck.placing import (
    BAND,
    Box,
    Said,
    cover_promises,
    cover_texts,
    foot_box,
    number_box,
    placed,
    stat_boxes,
    stat_texts,
    title_box,
)
from qbr.deck.powerpoint_charts import add_chart
from qbr.deck.powerpoint_tables import add_table
from qbr.deck.slides import HEIGHT, MARGIN, WIDTH, Deck

# Found on every machine that opens such a file, with Cyrillic.
FONT = "Arial"
TITLE_ONLY, BLANK = 5, 6
SPELLING = {"en": "en-US", "ru": "ru-RU"}
LOGO = Box(MARGIN, 40, 180, 52)


class Page:
    """One slide, with what is needed to write on it."""

    def __init__(self, paper, deck: Deck, layout: int):
        self.slide = paper.slides.add_slide(paper.slide_layouts[layout])
        self.shapes = self.slide.shapes
        self.palette = colours.palette(deck.colour)
        self.spelling = SPELLING.get(deck.language, deck.language)

    def colour(self, name):
        return RGBColor.from_string(self.palette[name].lstrip("#").upper())

    def write(self, said: Said, *, align=PP_ALIGN.LEFT, anchor=MSO_ANCHOR.TOP):
        box = self.shapes.add_textbox(*measures(said.box))
        self.fill(box.text_frame, [said], align=align, anchor=anchor)
        return box

    def fill(self, frame, texts, *, align=PP_ALIGN.LEFT, anchor=MSO_ANCHOR.TOP):
        """Paragraphs into a frame that neither grows nor shrinks them."""
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = anchor
        frame.margin_left = frame.margin_right = 0
        frame.margin_top = frame.margin_bottom = 0
        for number, said in enumerate(texts):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = align
            self.run(paragraph, said)

    def run(self, paragraph, said: Said):
        if not said.text:
            # Else an empty cell is as high as a line of the default size.
            end = paragraph._p.get_or_add_endParaRPr()
            end.set("sz", str(int(said.size * 100)))
            return
        run = paragraph.add_run()
        run.text = said.text
        run.font.name, run.font.size = FONT, Pt(said.size)
        run.font.bold = said.is_bold
        run.font.color.rgb = self.colour(said.colour)
        # What is spelled wrong depends on it.
        run._r.get_or_add_rPr().set("lang", self.spelling)

    def bar(self, box: Box, name: str):
        """A plain area of a colour."""
        shape = self.shapes.add_shape(MSO_SHAPE.RECTANGLE, *measures(box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = self.colour(name)
        shape.line.fill.background()
        # The theme would give it a shadow.
        shape._element.remove(shape._element.find(qn("p:style")))
        return shape


def powerpoint(deck: Deck, *, logo: bytes | None = None, made_at: datetime) -> bytes:
    """The deck as a .pptx."""
    paper = Presentation()
    paper.slide_width, paper.slide_height = Pt(WIDTH), Pt(HEIGHT)
    _describe(paper, deck, made_at)
    _cover(paper, deck, logo)
    for number, slide in enumerate(deck.slides, 2):
        _slide(paper, deck, slide, number)
    content = io.BytesIO()
    paper.save(content)
    return content.getvalue()


def measures(box: Box):
    return Pt(box.x), Pt(box.y), Pt(box.width), Pt(box.height)


def _describe(paper, deck, made_at):
    properties = paper.core_properties
    properties.title, properties.author = deck.title[:255], deck.author[:255]
    properties.language = deck.language
    properties.created = properties.modified = made_at.replace(tzinfo=None)


def _cover(paper, deck, logo):
    page = Page(paper, deck, TITLE_ONLY)
    band = page.bar(Box(0, 0, BAND, HEIGHT), "band")
    # Behind the title, which was there before it.
    page.shapes._spTree.insert(2, band._element)
    if logo:
        _logo(page, logo)
    for said in cover_texts(deck.cover):
        if said.text and said.is_bold:
            # The slide's own title: what outlines and screen readers say of it.
            _title(page, said.box, said)
        else:
            page.write(said)
    headings, box, content = cover_promises(deck.cover)
    for said in headings:
        page.write(said)
    if content:
        WRITERS[content.kind](page, box, content)


def _logo(page, content):
    width, height = Image.open(io.BytesIO(content)).size
    scale = min(LOGO.width / width, LOGO.height / height)
    inner = Box(LOGO.x, LOGO.y, width * scale, height * scale)
    around = Box(inner.x - 8, inner.y - 6, inner.width + 16, inner.height + 12)
    page.bar(around, ground(content))
    page.shapes.add_picture(io.BytesIO(content), *measures(inner))


def _slide(paper, deck, slide, number):
    page = Page(paper, deck, TITLE_ONLY)
    box = title_box(slide)
    _title(page, box, Said(box, slide.heading, slide.title_size, is_bold=True))
    page.bar(Box(MARGIN, 32, 40, 3), "accent")
    for at, block in placed(slide):
        WRITERS[block.kind](page, at, block)
    page.write(Said(foot_box(), deck.foot, 10, "faint"))
    last = len(deck.slides) + 1
    page.write(
        Said(number_box(), f"{number} / {last}", 10, "faint"), align=PP_ALIGN.RIGHT
    )


def _title(page, box, said):
    title = page.shapes.title
    title.left, title.top, title.width, title.height = measures(box)
    page.fill(title.text_frame, [said])


def _words(page, box, words):
    colour = "faint" if words.is_faint else "ink"
    frame = page.shapes.add_textbox(*measures(box)).text_frame
    said = [Said(box, text, words.size, colour) for text in words.paragraphs]
    page.fill(frame, said)
    for paragraph in frame.paragraphs:
        paragraph.space_after = Pt(words.size / 2)


def _stats(page, box, stats):
    for at, stat in stat_boxes(box, stats):
        page.bar(Box(at.x, at.y, at.width, 1.5), "accent")
        for said in stat_texts(at, stats, stat):
            if said.text:
                page.write(said)


WRITERS = {
    "words": _words,
    "stats": _stats,
    "table": add_table,
    "chart": add_chart,
}
