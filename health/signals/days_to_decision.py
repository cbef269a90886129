"""Days to the next decision: the end of a contract less its notice.

A contract is decided when another one of the account follows within a month of its end.
Below 0 the day of decision is over while the contract still runs.
"""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_OPEN = (
    "starts_on <= {on} AND ends_on > {on} AND NOT EXISTS ("
    "SELECT 1 FROM accounts_contract n WHERE n.tenant_id = {tenant}"
    " AND n.account_id = c.account_id AND n.starts_on > c.starts_on"
    " AND abs(n.starts_on - c.ends_on) <= 31"
    " AND (n.starts_on <= {on} OR n.created_at <= {at}))"
)
DECIDES = Column("contracts", f"min(ends_on - notice_days) FILTER (WHERE {IS_OPEN})")


def value(lens, decides_on):
    if decides_on is None:
        return None
    return Value(
        -lens.days_since(decides_on),
        lens.at,
        detail={"decides_on": decides_on.isoformat()},
    )


SIGNAL = Signal(
    key="days_to_decision",
    group="money",
    label=gettext_lazy("Days to the decision"),
    unit="days",
    columns=(DECIDES,),
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 120},
    # An end may have been written down, or moved, later.
    is_dated=False,
    nothing=gettext_lazy("no decision is open"),
)
