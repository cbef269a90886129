"""Tables of a PowerPoint file: hairlines below the rows, nothing else."""

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from qbr.deck.placing import Box, Said

NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def add_table(page, box, table):
    rows = [tuple(column.label for column in table.columns), *table.rows]
    frame = page.shapes.add_table(
        len(rows),
        len(table.columns),
        Pt(box.x),
        Pt(box.y),
        Pt(table.room),
        Pt(table.height),
    )
    drawn = frame.table
    drawn._tbl.tblPr.find(".//{*}tableStyleId").text = NO_STYLE
    drawn.horz_banding = False
    for column, width in zip(drawn.columns, table.widths, strict=True):
        column.width = Pt(width)
    for number, (cells, height) in enumerate(zip(rows, table.heights, strict=True)):
        drawn.rows[number].height = Pt(height)
        for cell, column, text in zip(
            drawn.rows[number].cells, table.columns, cells, strict=True
        ):
            _cell(page, table, cell, column, text, is_head=number == 0)


def _cell(page, table, cell, column, text, *, is_head):
    across, above = table.inset
    said = Said(Box(0, 0, 0, 0), text, table.size, "ink", is_head)
    align = PP_ALIGN.RIGHT if column.is_number else PP_ALIGN.LEFT
    page.fill(cell.text_frame, [said], align=align)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    cell.margin_left = cell.margin_right = Pt(across)
    cell.margin_top = cell.margin_bottom = Pt(above)
    colour = page.palette["accent" if is_head else "hair"].lstrip("#").upper()
    width = int(Pt(1.25 if is_head else 0.5))
    cell._tc.get_or_add_tcPr().append(
        parse_xml(
            f'<a:lnB {nsdecls("a")} w="{width}" cap="flat" cmpd="sng">'
            f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:lnB>'
        )
    )
