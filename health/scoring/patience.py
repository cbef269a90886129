"""How long facts may stay away before what a card reads of them is stale."""

from typing import Any, NamedTuple

USAGE_HOURS = 72
# Families of facts that come one by one and may have a limit of their own.
FACTS = ("tickets", "invoices")


class Patience(NamedTuple):
    """What a card says of it; cards that agree are read together."""

    hours: int = USAGE_HOURS
    # Days by family, of the families that go stale at all.
    days: tuple[tuple[str, int], ...] = ()


def patience_of(definition: dict[str, Any]) -> Patience:
    days = definition.get("facts_stale_after_days") or {}
    return Patience(
        definition["usage_stale_after_hours"],
        tuple((name, days[name]) for name in FACTS if days.get(name)),
    )
