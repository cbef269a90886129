from datetime import date

import plotly.graph_objects as go

from health.charts import trend

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
