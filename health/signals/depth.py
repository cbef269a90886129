"""How deeply: the share of key features used; without any, of all that anybody used."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_platform.lib import wording
from health.scoring.reading import Value
from health.signals import named
from health.signals.login_days import LAST
from health.signals.signal import Column, Signal

IN_WINDOW = (
    "count(DISTINCT feature_id) FILTER (WHERE day >= {first} AND feature_id IN ("
)
KEYS_USED = Column("usage", f"{IN_WINDOW}{named.KEYS}))")
KEYS = Column("usage", f"(SELECT count(*) FROM ({named.KEYS}) AS keys)")
USED = Column("usage", IN_WINDOW + "{features}))")
ALL = Column("usage", "(SELECT count(*) FROM ({features}) AS known)")


def value(lens, last_on, keys_used, keys, used, known):
    if last_on is None:
        return None
    if keys is None:
        # No use in the window, nor anywhere it looks: none of however many there are.
        part, of = 0, None
    elif keys:
        part, of = keys_used, keys
    else:
        part, of = used, known
    if of == 0:
        return None
    return Value(
        part / of if of else 0,
        lens.used_at(last_on),
        is_stale=lens.is_stale,
        detail={"used": part, "of": of} if of else None,
    )


def found(value, detail):
    share = wording.percent(value, 0)
    if not detail:
        return share
    return _("%(used)s of %(of)s features (%(share)s)") % (detail | {"share": share})


SIGNAL = Signal(
    key="depth",
    group="use",
    label=gettext_lazy("Depth of use"),
    unit="share",
    columns=(LAST, KEYS_USED, KEYS, USED, ALL),
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 0.6},
    window=30,
    is_usage=True,
    nothing=gettext_lazy("no usage event ever"),
    found=found,
)
