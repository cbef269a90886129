"""Whether the bill grows or shrinks: the MRR in force now against that of the day before
the window, both at the rates of that day, less one. 0.1 is a tenth more.
"""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

RATE = (
    "CASE WHEN currency = {currency} THEN 1 ELSE ("
    "SELECT rate FROM accounts_exchangerate x WHERE x.tenant_id = {tenant}"
    " AND x.currency = c.currency AND x.valid_from <= {before}"
    " ORDER BY x.valid_from DESC LIMIT 1) END"
)
RUNS_NOW = "starts_on <= {on} AND (ends_on IS NULL OR ends_on > {on})"
RAN_THEN = "starts_on <= {before} AND (ends_on IS NULL OR ends_on > {before})"
NOW = Column("spans", f"sum(mrr * {RATE}) FILTER (WHERE {RUNS_NOW})::float8")
THEN = Column("spans", f"sum(mrr * {RATE}) FILTER (WHERE {RAN_THEN})::float8")
# Money of a worth that nobody told.
UNKNOWN = Column(
    "spans",
    f"bool_or({RATE} IS NULL) FILTER (WHERE ({RUNS_NOW}) OR ({RAN_THEN}))",
)


def value(lens, now, then, is_unknown):
    if not then or is_unknown:
        return None
    return Value((now or 0) / then - 1, lens.at)


SIGNAL = Signal(
    key="bill_change",
    group="money",
    label=gettext_lazy("Change of the bill"),
    unit="change",
    columns=(NOW, THEN, UNKNOWN),
    value=value,
    shape={"kind": "scale", "worst": -0.3, "best": 0.1},
    window=90,
    nothing=gettext_lazy("no bill to compare with"),
)
