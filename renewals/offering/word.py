"""An offer as a Word file, from the same text as the PDF."""

import io
from datetime import datetime

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.shared import OxmlElement
from docx.shared import Mm, Pt, RGBColor

# Found on every machine that opens such a file, with Cyrillic.
FONT = "Arial"
FAINT = RGBColor(0x6B, 0x68, 0x62)
MARGIN = Mm(20)


def word(said: dict, *, logo: bytes | None = None, made_at: datetime) -> bytes:
    """The document of `renewals.offering.document`, as a .docx."""
    paper = Document()
    _prepare(paper, said, made_at)
    _head(paper, said, logo)
    _pairs(paper, said["facts"])
    _paragraphs(paper, said["opening"])
    if said["figures"] or said["value"]:
        _heading(paper, said, said["words"]["figures"])
        _pairs(paper, said["figures"])
        _paragraphs(paper, said["value"])
    _heading(paper, said, said["words"]["lines"])
    _table(paper, said)
    for label, amount, is_strong in said["totals"]:
        _total(paper, label, amount, is_strong)
    _paragraphs(paper, said["note"])
    if said["terms"]:
        _heading(paper, said, said["words"]["terms"])
    for part in ("terms", "closing", "signature"):
        _paragraphs(paper, said[part])
    content = io.BytesIO()
    paper.save(content)
    return content.getvalue()


def _prepare(paper, said, made_at):
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = MARGIN
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10)
    # Word asks for the font of each script apart.
    fonts = style.element.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    style.paragraph_format.space_after = Pt(4)
    # What is spelled wrong depends on it.
    spelling = paper.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    spelling.set(qn("w:val"), said["language"])
    properties = paper.core_properties
    properties.title, properties.author = said["title"][:255], said["company"][:255]
    properties.language = said["language"]
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    foot = section.footer.paragraphs[0].add_run(said["foot"])
    foot.font.size, foot.font.color.rgb = Pt(8), FAINT


def _head(paper, said, logo):
    if logo:
        paper.add_picture(io.BytesIO(logo), height=Mm(16))
    if said["company"]:
        paper.add_paragraph().add_run(said["company"]).bold = True
    for line in said["requisites"]:
        run = paper.add_paragraph().add_run(line)
        run.font.size, run.font.color.rgb = Pt(8.5), FAINT
    title = paper.add_paragraph().add_run(said["title"])
    title.bold, title.font.size = True, Pt(20)
    paper.add_paragraph().add_run(said["customer"]).font.size = Pt(11)


def _heading(paper, said, text):
    run = paper.add_heading(level=2).add_run(text)
    run.font.name, run.font.size = FONT, Pt(12)
    run.font.color.rgb = RGBColor.from_string(said["colour"].lstrip("#").upper())


def _pairs(paper, pairs):
    if not pairs:
        return
    table = paper.add_table(rows=0, cols=2)
    for label, value in pairs:
        cells = table.add_row().cells
        run = cells[0].paragraphs[0].add_run(label)
        run.font.color.rgb = FAINT
        cells[1].paragraphs[0].add_run(value)


def _paragraphs(paper, texts):
    for text in texts:
        paper.add_paragraph(text)


def _table(paper, said):
    table = paper.add_table(rows=1, cols=len(said["columns"]))
    table.style = "Light List"
    for cell, text in zip(table.rows[0].cells, said["columns"], strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    _repeat(table.rows[0])
    for line in said["lines"]:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(line["title"])
        note = cells[0].add_paragraph().add_run(line["note"])
        note.font.size, note.font.color.rgb = Pt(8.5), FAINT
        for cell, text in zip(cells[1:], line["cells"], strict=True):
            cell.paragraphs[0].add_run(text)
    for row in table.rows:
        for cell in row.cells[1:]:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(row):
    """The head of the table stands on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _total(paper, label, amount, is_strong):
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(f"{label}\t{amount}").bold = is_strong
