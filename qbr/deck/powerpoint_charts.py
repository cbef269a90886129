"""Charts of a PowerPoint file: its own, with the values in them."""

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from qbr.deck.drawing import every
from qbr.deck.measure import shortened
from qbr.deck.placing import Box, Said
from qbr.deck.slides import ROOM, WIDTH

KINDS = {
    "lines": XL_CHART_TYPE.LINE,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
}
SMALL = 11
CAPTION = 22
# Room for the names of lying bars.
NAMES = 300


def add_chart(page, box, chart):
    page.write(Said(Box(box.x, box.y, box.width, CAPTION), chart.title, 13))
    frame = page.shapes.add_chart(
        KINDS[chart.shape],
        Pt(box.x),
        Pt(box.y + CAPTION),
        Pt(box.width),
        Pt(box.height - CAPTION),
        _data(chart),
    )
    drawn = frame.chart
    drawn.font.size, drawn.font.name = Pt(SMALL), "Arial"
    drawn.font.color.rgb = page.colour("faint")
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.TOP
        drawn.legend.include_in_layout = False
    _axes(page, drawn, chart)
    for number, series in enumerate(drawn.plots[0].series):
        DRESS[chart.shape](page, series, number)
    if chart.shape == "bars":
        _label(page, drawn.plots[0])


def _data(chart):
    data = CategoryChartData(number_format="General")
    room = NAMES if chart.shape == "bars" else WIDTH
    data.categories = [shortened(name, room, SMALL) for name in chart.categories]
    for name, values in chart.series:
        data.add_series(name, values)
    return data


def _axes(page, drawn, chart):
    values, categories = drawn.value_axis, drawn.category_axis
    values.minimum_scale = 0
    if chart.most:
        values.maximum_scale = chart.most
    values.major_gridlines.format.line.color.rgb = page.colour("hair")
    values.format.line.fill.background()
    categories.format.line.color.rgb = page.colour("hair")
    categories.has_major_gridlines = False
    _skip(categories, every(chart.categories, ROOM / len(chart.categories)))
    if chart.shape == "bars":
        # Read from the top down, the most first; the numbers stand at the bars.
        categories.reverse_order = True
        values.visible = values.has_major_gridlines = False
    most = max(v or 0 for _name, each in chart.series for v in each)
    if most and most < 5 and not chart.most:
        values.major_unit = 1


def _skip(axis, every_nth):
    """As many names as there is room for."""
    skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="{every_nth}"/>')
    axis._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _line(page, series, number):
    series.smooth = False
    series.format.line.width = Pt(1.75 if number else 2.5)
    series.format.line.color.rgb = page.colour("behind" if number else "accent")
    if number:
        series.format.line.dash_style = MSO_LINE.DASH
    # A lone value between two gaps is a mark, or nobody would see it.
    if not _has_lone(series.values):
        series.marker.style = XL_MARKER_STYLE.NONE
        return
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 5
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = series.format.line.color.rgb


def _has_lone(values):
    around = (None, *values, None)
    return any(
        value is not None and before is None and after is None
        for before, value, after in zip(around, values, around[2:], strict=False)
    )


def _area(page, series, number):
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = page.colour("behind" if number else "accent")


def _label(page, plot):
    plot.has_data_labels = True
    plot.gap_width = 45
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = "#,##0", False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(SMALL)
    labels.font.color.rgb = page.colour("ink")


DRESS = {"lines": _line, "columns": _area, "bars": _area}
