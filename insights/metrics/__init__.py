"""What each number means, as arithmetic: plain values in, plain values out."""

from insights.metrics.book import Book, Step
from insights.metrics.exchange import Rates
from insights.metrics.movements import (
    Kind,
    Movements,
    Worth,
    kind_of,
    movements,
    summed,
)
from insights.metrics.period import Window, month_windows, year_windows
from insights.metrics.retention import (
    Cohort,
    compound_year,
    grr,
    logo_churn,
    nrr,
    quick_ratio,
    ratio,
    revenue_churn,
)

__all__ = [
    "Book",
    "Cohort",
    "Kind",
    "Movements",
    "Rates",
    "Step",
    "Window",
    "Worth",
    "compound_year",
    "grr",
    "kind_of",
    "logo_churn",
    "month_windows",
    "movements",
    "nrr",
    "quick_ratio",
    "ratio",
    "revenue_churn",
    "summed",
    "year_windows",
]
