"""Figures of usage: plain dicts for Plotly."""

from datetime import date, timedelta


def users_by_day(users: dict, *, on: date, days: int = 84) -> dict:
    """Active users of each day; a day without any is drawn as nothing used."""
    span = [on - timedelta(days=n) for n in range(days - 1, -1, -1)]
    return {
        "data": [
            {
                "type": "bar",
                "x": [day.isoformat() for day in span],
                "y": [users.get(day, 0) for day in span],
                "meta": {"tone": "accent"},
            }
        ],
        "layout": {"yaxis": {"rangemode": "tozero", "tickformat": ",d"}},
    }


def users_by_week(users: dict) -> dict:
    """Active users of each seven days that end on the day shown."""
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [day.isoformat() for day in users],
                "y": list(users.values()),
                "meta": {"tone": "accent"},
            }
        ],
        "layout": {"yaxis": {"rangemode": "tozero", "tickformat": ",d"}},
    }
