from datetime import date

import plotly.graph_objects as go

from health.charts import trend, waterfall

DAYS = [
    (date(2026, 5, 1), 90, "Healthy"),
    (date(2026, 5, 2), None, "Unknown"),
    (date(2026, 5, 3), 40, "At risk"),
]


def test_the_trend_draws_the_scores_with_a_gap_where_there_is_none():
    figure = trend(DAYS, (80, 50), label="Health score")

    (line,) = figure["data"]
    assert line["x"] == ["2026-05-01", "2026-05-02", "2026-05-03"]
    assert line["y"] == [90, None, 40]
    assert [shape["y0"] for shape in figure["layout"]["shapes"]] == [50, 80]


def test_plotly_knows_every_property_of_it():
    figure = trend(DAYS, (80, 50), label="Health score")

    assert go.Figure(figure).data[0].name == "Health score"


NAMES = ("Score", "Gained", "Lost")


def test_the_waterfall_leads_from_one_score_to_the_other():
    figure = waterfall(
        (("1 May", 70), ("8 May", 58)),
        [("Usage", -15), ("Payments", 3), ("Rounding", 0)],
        names=NAMES,
    )

    totals, gained, lost = figure["data"]
    assert (totals["y"], totals["x"]) == (["1 May", "8 May"], [70, 58])
    assert (lost["y"], lost["base"], lost["x"]) == (["Usage"], [70], [-15])
    assert (gained["y"], gained["base"], gained["x"]) == (["Payments"], [55], [3])
    assert figure["layout"]["yaxis"]["categoryarray"] == [
        "8 May",
        "Rounding",
        "Payments",
        "Usage",
        "1 May",
    ]


def test_two_parts_of_one_name_have_a_bar_each():
    figure = waterfall(
        (("1 May", 70), ("8 May", 60)), [("Use", -4), ("Use", -6)], names=NAMES
    )

    assert figure["data"][1]["y"] == ["Use", "Use (2)"]


def test_plotly_knows_every_property_of_the_waterfall_and_the_marks():
    figure = waterfall((("1 May", 70), ("8 May", 58)), [("Use", -12)], names=NAMES)
    marked = trend(
        DAYS,
        (80, 50),
        label="Health score",
        computed=("Computed", [(DAYS[2][0], 70)]),
        marks=("Decided", [(DAYS[2][0], 40, "Judged as 40")]),
    )

    assert len(go.Figure(figure).data) == 2
    assert [trace.name for trace in go.Figure(marked).data] == [
        "Health score",
        "Computed",
        "Decided",
    ]
