"""Figures of renewals, as plain values of Plotly."""


def lost_by_quarter(quarters, reasons, sums):
    """Lost MRR, stacked by reason. `reasons`: key to word; `sums`: (quarter, key)."""
    return {
        "data": [
            {
                "type": "bar",
                "name": str(word),
                "x": quarters,
                "y": [float(sums.get((quarter, key), 0)) for quarter in quarters],
            }
            for key, word in reasons.items()
        ],
        "layout": {"barmode": "stack", "xaxis": {"type": "category"}},
    }
