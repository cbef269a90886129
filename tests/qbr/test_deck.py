"""Slides: nothing is cut, nothing overlaps, nothing is empty, in every form alike."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations

import pytest
from django.utils import translation
from pptx import Presentation
from pptx.enum.chart import XL_MARKER_STYLE
from pptx.util import Pt
from pypdf import PdfReader

from qbr.deck import drawing, measure, paper, powerpoint
from qbr.deck.composing import deck_of
from qbr.deck.pages import slides_of
from qbr.deck.parts.kept import SHOWN, stats
from qbr.deck.placing import (
    cover_promises,
    cover_texts,
    foot_box,
    placed,
    stat_boxes,
    stat_texts,
    title_box,
)
from qbr.deck.slides import HEIGHT, ROOM, WIDTH, Chart, Column, Table
from qbr.figures.figure import Figure
from tests.qbr import decks
from tests.qbr.report_papers import pdf_pages, plain, pptx_pages
from tests.renewals.paper import png

AT = datetime(2026, 7, 10, 9, tzinfo=UTC)
WORDS = "Мы хорошо поработали. " * 150
KEPT = {
    "empty": (decks.empty(), decks.SECTIONS),
    "full": (decks.full(), decks.SECTIONS),
    "worded": (decks.full(), decks.worded(WORDS)),
    "english": (decks.full("en"), decks.worded("A word.\nAnother one.")),
}


def deck(which, language="ru"):
    kept, sections = KEPT[which]
    return deck_of(kept, sections, language=language, colour="#ffd400", is_frozen=False)


def boxes(slide):
    return [("title", title_box(slide))] + [
        (block.kind, box) for box, block in placed(slide)
    ]


def is_apart(one, other):
    return (
        one.y + one.height <= other.y + 0.01 or other.y + other.height <= one.y + 0.01
    )


@pytest.mark.parametrize("which", KEPT)
def test_no_two_blocks_overlap_and_all_stand_above_the_foot(which):
    for slide in deck(which).slides:
        found = boxes(slide)
        assert [
            (slide.heading, one, other)
            for (one, here), (other, there) in combinations(found, 2)
            if not is_apart(here, there)
        ] == []
        low = max(box.y + box.height for _kind, box in found)
        assert low <= foot_box().y, slide.heading


@pytest.mark.parametrize("which", KEPT)
def test_texts_of_titles_figures_and_the_cover_fit_their_boxes(which):
    made = deck(which)
    said = [text for text in cover_texts(made.cover)]
    headings, _room, _content = cover_promises(made.cover)
    said += headings
    for slide in made.slides:
        for box, block in placed(slide):
            if block.kind == "stats":
                for at, stat in stat_boxes(box, block):
                    said += stat_texts(at, block, stat)

    assert [
        text.text
        for text in said
        if measure.height(
            text.text, text.box.width + 0.01, text.size, is_bold=text.is_bold
        )
        > text.box.height + 0.01
    ] == []
    assert max(text.box.y + text.box.height for text in said) <= HEIGHT


@pytest.mark.parametrize("which", KEPT)
def test_no_word_of_the_head_of_a_table_is_broken_and_tables_fill_their_room(which):
    tables = [
        block
        for slide in deck(which).slides
        for block in slide.blocks
        if block.kind == "table"
    ]

    assert [
        column.label
        for table in tables
        for column, width in zip(table.columns, table.widths, strict=True)
        for word in column.label.split()
        if measure.width(word, table.size, is_bold=True) > width - 2 * table.inset[0]
    ] == []
    assert {round(sum(table.widths)) for table in tables} <= {round(ROOM)}


@pytest.mark.parametrize("which", KEPT)
def test_no_word_on_paper_is_wider_than_what_it_stands_in(which):
    """Blanks that hold a number together are no place to break it."""
    data, _files = paper._set(deck(which), None)
    items = [item for page in data["pages"] for item in page]
    said = [
        (piece, item["width"], item["size"], item["is_bold"])
        for item in items
        if item["kind"] == "text"
        for text in item["paragraphs"]
        for piece in pieces(text)
    ] + [
        (piece, width - 2 * item["inset"][0], item["size"], number == 0)
        for item in items
        if item["kind"] == "table"
        for number, row in enumerate([item["head"], *item["rows"]])
        for cell, width in zip(row, item["widths"], strict=True)
        for piece in pieces(cell)
    ]

    assert {
        piece
        for piece, room, size, is_bold in said
        if measure.width(piece, size, is_bold=is_bold) > room + 0.01
    } == set()


def pieces(text):
    return re.split(f"[ \n{measure.BREAK}]", text)


@pytest.mark.parametrize("which", KEPT)
def test_no_number_date_or_common_word_in_a_table_is_broken(which):
    made = deck(which)
    tables = [
        block
        for slide in made.slides
        for block in slide.blocks
        if block.kind == "table"
    ]
    tables += [made.cover.promises] if made.cover.promises else []

    assert {
        word
        for table in tables
        for row in table.rows
        for cell, column, width in zip(row, table.columns, table.widths, strict=True)
        for word in measure.words(cell)
        if measure.width(word, table.size) < table.least[column.is_number]
        and measure.width(word, table.size) > width - 2 * table.inset[0]
    } == set()


def test_a_table_that_goes_on_keeps_its_columns():
    """However long the words are that stand on one of its slides alone."""
    columns = (Column("What", 9), Column("Who", 1))
    rows = (("Train", "Administration"), *(("Train", "We"),) * 40)

    slides = slides_of("plan", "Plan", [Table(columns, rows)])

    tables = [slide.blocks[0] for slide in slides]
    assert len(tables) > 2
    assert {table.widths for table in tables} == {Table(columns, rows).widths}


def test_nothing_on_the_cover_is_shortened_and_the_foot_tells_the_period():
    made = deck("full")

    told = [text.text for text in cover_texts(made.cover)]

    assert told[:3] == [decks.LONG[:120], "Обзор результатов", decks.LONG]
    assert measure.ELLIPSIS not in "".join(told)
    assert made.foot.startswith("Черновик · ")
    assert made.foot.endswith("… · 1 апр. 2026 – 30 июн. 2026")
    assert measure.width(made.foot, 10) <= foot_box().width


def test_short_names_stand_whole_in_the_foot():
    made = deck_of(
        decks.empty(), decks.SECTIONS, language="en", colour="#1f4e79", is_frozen=True
    )

    assert made.foot == "Acme · Northwind · 1 Apr 2026 – 30 Jun 2026"


def test_a_table_a_little_too_long_is_made_to_fit_and_a_longer_one_shared_evenly():
    def tables(rows):
        kept = decks.full("en", rows=3)
        measure_ = {"label": "Days with a login", "found": "18", "points": "+1"}
        kept["tables"]["measures"] = [measure_ | {"worth": "2"}] * rows
        made = deck_of(
            kept, decks.SECTIONS, language="en", colour="#1f4e79", is_frozen=True
        )
        return [
            (len(block.rows), block.size)
            for slide in made.slides
            if slide.key == "health"
            for block in slide.blocks
            if block.kind == "table"
        ]

    assert tables(13) == [(13, 12)]
    assert tables(14) == [(14, 11)]
    assert tables(20) == [(10, 12), (10, 12)]


def test_figures_fall_into_rows_about_as_long_as_each_other():
    def rows(count):
        kept = decks.empty()
        with translation.override("en"):
            kept["figures"] = [
                Figure(key, Decimal(1)).as_kept() for key in SHOWN["summary"][:count]
            ]
        return [len(block.items) for block in stats(kept, "summary")]

    assert [rows(6), rows(7), rows(10)] == [[6], [4, 3], [5, 5]]


def test_sections_with_nothing_to_tell_share_one_slide():
    slides = deck("empty", "en").slides

    assert [slide.key for slide in slides] == [
        "goals",
        "usage",
        "support",
        "nothing",
        "plan",
    ]
    (table,) = slides[3].blocks
    assert table.rows[0] == (
        "The period in figures",
        "There are no figures for this period.",
    )
    assert [title for title, _sentence in table.rows] == [
        str(decks.TITLES[key])
        for key in (
            "summary",
            "value",
            "adoption",
            "health",
            "feedback",
            "requests",
            "news",
        )
    ]


def test_one_with_words_of_a_person_has_its_slide_all_the_same():
    sections = [
        one | {"words": "We begin in May." if one["key"] == "feedback" else ""}
        for one in decks.SECTIONS
    ]

    slides = deck_of(
        decks.empty(), sections, language="en", colour="#1f4e79", is_frozen=True
    ).slides

    (feedback,) = [slide for slide in slides if slide.key == "feedback"]
    assert [block.paragraphs[0] for block in feedback.blocks] == [
        "We begin in May.",
        "Nobody was asked, or nobody answered, in this period.",
    ]


def test_what_was_left_out_of_a_long_list_is_counted_in_every_form():
    kept = decks.full("en", rows=3)
    kept["more"] = {"tickets": 1234, "news": 0}
    made = deck_of(
        kept, decks.SECTIONS, language="en", colour="#1f4e79", is_frozen=True
    )

    said = {
        slide.key: block.paragraphs[0]
        for slide in made.slides
        for block in slide.blocks
        if block.kind == "words" and block.paragraphs[0].startswith("And ")
    }
    files = [
        pdf_pages(paper.pdf(made, made_at=AT)),
        pptx_pages(powerpoint.powerpoint(made, made_at=AT)),
    ]

    assert said == {"support": "And 1,234 more."}
    for pages in files:
        assert " ".join(pages).count("And 1,234 more.") == 1


def test_values_of_a_row_stand_on_one_line_whatever_their_size():
    slide = next(one for one in deck("full").slides if one.key == "summary")
    box, stats = placed(slide)[0]

    values = [stat_texts(at, stats, stat)[1] for at, stat in stat_boxes(box, stats)]

    assert len({said.size for said in values}) > 1
    assert len({round(said.box.y + 0.97 * said.size, 3) for said in values}) == 1
    assert len({round(said.box.y + said.box.height, 3) for said in values}) == 1


@pytest.mark.parametrize("which", KEPT)
def test_titles_take_two_lines_at_most(which):
    assert [
        slide.heading
        for slide in deck(which).slides
        if len(measure.lines(slide.heading, ROOM, slide.title_size, is_bold=True)) > 2
    ] == []


def health_of(*values):
    """The slides about health in weeks with these scores."""
    kept = decks.full("en")
    kept["series"]["health"] |= {
        "now": list(values),
        "categories": kept["series"]["health"]["categories"][: len(values)],
    }
    return deck_of(
        kept, decks.SECTIONS, language="en", colour="#1f4e79", is_frozen=True
    )


def health_charts(made):
    return [
        block
        for slide in made.slides
        for block in slide.blocks
        if slide.key == "health" and block.kind == "chart"
    ]


def test_a_line_of_one_value_is_not_drawn():
    assert health_charts(health_of(None, None, None, 100)) == []


def test_a_lone_value_between_gaps_can_be_seen_in_every_form():
    made = health_of(80, None, 60, None)

    (chart,) = health_charts(made)
    strokes = [
        mark.points
        for mark in drawing.marks(chart, 600, written=str)
        if isinstance(mark, drawing.Line) and mark.colour == drawing.ACCENT
    ]
    (marker,) = [
        shape.chart.plots[0].series[0].marker
        for slide in Presentation(
            io.BytesIO(powerpoint.powerpoint(made, made_at=AT))
        ).slides
        for shape in slide.shapes
        if shape.has_chart and list(shape.chart.plots[0].series[0].values)[:1] == [80]
    ]
    assert [points[1][0] - points[0][0] for points in strokes] == [8, 8]
    assert marker.style == XL_MARKER_STYLE.CIRCLE


@pytest.mark.parametrize("which", KEPT)
def test_no_chart_is_empty_and_no_table_without_rows(which):
    blocks = [block for slide in deck(which).slides for block in slide.blocks]

    assert [block for block in blocks if block.kind == "chart" and block.is_empty] == []
    assert [block for block in blocks if block.kind == "table" and not block.rows] == []


def test_every_row_of_a_long_table_stands_on_one_slide_in_its_order():
    rows = [
        row[0]
        for slide in deck("full").slides
        if slide.key == "adoption"
        for block in slide.blocks
        if block.kind == "table"
        for row in block.rows
    ]

    assert rows == [one["name"] for one in decks.full()["tables"]["features"]]


def test_words_that_are_too_long_go_on_on_the_next_slide_whole():
    said = [
        text
        for slide in deck("worded").slides
        if slide.key == "plan"
        for block in slide.blocks
        if block.kind == "words"
        for text in block.paragraphs
    ]

    assert plain(" ".join(said)).startswith(plain(WORDS))


@pytest.mark.parametrize("which", KEPT)
def test_pdf_and_powerpoint_have_the_same_pages_saying_the_same(which):
    made = deck(which)

    pdf = pdf_pages(paper.pdf(made, logo=png(), made_at=AT))
    pptx = pptx_pages(powerpoint.powerpoint(made, logo=png(), made_at=AT))

    assert len(pdf) == len(pptx) == len(made.slides) + 1
    for slide, one, other in zip(made.slides, pdf[1:], pptx[1:], strict=True):
        assert _letters(slide.heading) in _letters(one)
        assert _letters(slide.heading) in _letters(other)
        for block in slide.blocks:
            if block.kind == "table":
                cells = [cell for row in block.rows for cell in row]
                assert [c for c in cells if _letters(c) not in _letters(other)] == []
                assert [c for c in cells if _letters(c) not in _letters(one)] == []


def _letters(text):
    """Without any white space: lines are broken where they must be."""
    return "".join(plain(text).split())


@pytest.mark.parametrize("which", KEPT)
def test_every_shape_of_the_powerpoint_stands_on_its_slide(which):
    content = powerpoint.powerpoint(deck(which), logo=png(900, 90), made_at=AT)
    outside = [
        (number, shape.name)
        for number, slide in enumerate(Presentation(io.BytesIO(content)).slides, 1)
        for shape in slide.shapes
        if shape.left < 0
        or shape.top < 0
        or shape.left + shape.width > Pt(WIDTH + 1)
        or shape.top + shape.height > Pt(HEIGHT + 1)
    ]

    assert outside == []


def test_charts_of_the_powerpoint_are_its_own_and_hold_the_values():
    content = powerpoint.powerpoint(deck("full"), made_at=AT)
    charts = [
        shape.chart
        for slide in Presentation(io.BytesIO(content)).slides
        for shape in slide.shapes
        if shape.has_chart
    ]

    assert [
        [list(series.values) for series in chart.plots[0].series] for chart in charts
    ][0] == [list(range(40, 52)), list(range(38, 50))]
    assert all(chart.part.chart_workbook.xlsx_part is not None for chart in charts)


def test_each_slide_has_a_title_of_its_own_for_screen_readers():
    made = deck("full")
    slides = Presentation(io.BytesIO(powerpoint.powerpoint(made, made_at=AT))).slides

    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert titles == [decks.LONG, *(slide.heading for slide in made.slides)]


def test_a_pdf_names_itself_and_its_language():
    reader = PdfReader(io.BytesIO(paper.pdf(deck("full"), made_at=AT)))

    assert decks.LONG in reader.metadata.title
    assert reader.trailer["/Root"]["/Lang"] == "ru"


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (100, [0, 50, 100]),
        (1290, [0, 500, 1000, 1500]),
        (0, [0, 1]),
    ],
)
def test_ticks_are_round_and_reach_the_most(most, expected):
    assert drawing.ticks(most) == expected


@pytest.mark.parametrize("width", [ROOM, 343])
@pytest.mark.parametrize("count", [2, 13, 26, 40])
def test_names_below_a_chart_neither_meet_nor_leave_it(count, width):
    chart = Chart(
        "columns",
        "Requests",
        tuple(f"{n} September" for n in range(count)),
        (("Opened", tuple(range(count))),),
    )

    names = [
        mark
        for mark in drawing.marks(chart, width, written=str)
        if mark.kind == "text" and mark.anchor == "middle"
    ]
    last = names[-1]

    assert names[0].x - measure.width(names[0].text, drawing.SIZE) / 2 >= 0
    assert last.x + measure.width(last.text, drawing.SIZE) / 2 <= width
    assert len(names) > 1

    gaps = [
        (right.x - measure.width(right.text, drawing.SIZE) / 2)
        - (left.x + measure.width(left.text, drawing.SIZE) / 2)
        for left, right in zip(names, names[1:], strict=False)
    ]
    assert min(gaps) > 0


def test_what_no_document_can_hold_is_left_out():
    kept = decks.empty("North\x00wind \u202eevil\u2066")

    made = deck_of(
        kept, decks.SECTIONS, language="en", colour="#1f4e79", is_frozen=True
    )

    assert made.cover.customer == "Northwind evil"


def test_text_is_never_a_command_of_the_typesetter():
    kept = decks.empty('#read("/etc/passwd") $x$ *b* @ref \\ <tag>')

    text = pdf_pages(
        paper.pdf(
            deck_of(kept, [], language="en", colour="#1f4e79", is_frozen=True),
            made_at=AT,
        )
    )[0]

    assert _letters('#read("/etc/passwd") $x$ *b* @ref \\ <tag>') in _letters(text)


def test_a_deck_says_the_same_whatever_language_is_active():
    with translation.override("ru"):
        one = deck("english", "en")
    with translation.override("en"):
        other = deck("english", "en")

    assert one == other
