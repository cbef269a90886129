"""How the customer sounds in tickets: the mean of their tones, -2 to 2."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_HEARD = "tone IS NOT NULL AND opened_at >= {first_at}"
TONE = Column("tickets", f"avg(tone) FILTER (WHERE {IS_HEARD})::float8")
HEARD = Column("tickets", f"count(*) FILTER (WHERE {IS_HEARD})::int")
LAST = Column("tickets", f"max(opened_at) FILTER (WHERE {IS_HEARD})")


def value(lens, tone, heard, last_at):
    if not heard:
        return None
    return Value(tone, last_at, n=heard)


SIGNAL = Signal(
    key="ticket_tone",
    group="support",
    label=gettext_lazy("Tone of tickets"),
    unit="number",
    columns=(TONE, HEARD, LAST),
    value=value,
    shape={"kind": "scale", "worst": -2, "best": 1},
    window=60,
    # When a tone was judged is not kept.
    is_dated=False,
    nothing=gettext_lazy("no ticket has a tone"),
)
