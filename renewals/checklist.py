"""What each stage of a renewal wants before it is left: plain values in and out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

STAGES = ("preparation", "initiation", "negotiation", "approval")
REQUIRED, ADVISORY, OFF = "required", "advisory", "off"

HEALTH_CHECK, QBR, RISK_PLAN = "health_check", "qbr", "risk_plan"
DECISION_MAKER, OFFER = "decision_maker", "offer"
DOCUMENTS, PAYMENT = "documents", "payment"


@dataclass(frozen=True)
class Item:
    """One thing a stage wants, as a workspace wants it."""

    stage: str
    key: str
    title: Any
    # What fills it without anybody's doing; empty: only a person can say it.
    filled_by: Any = ""
    need: str = REQUIRED
    is_own: bool = False

    @property
    def is_required(self):
        return self.need == REQUIRED


SHIPPED = (
    Item(
        "preparation",
        HEALTH_CHECK,
        _("Health is checked"),
        _("The task to check the health is done."),
    ),
    Item(
        "preparation",
        QBR,
        _("A QBR was held"),
        _("A business review is held since the preparation began."),
    ),
    Item(
        "preparation",
        RISK_PLAN,
        _("A plan for the risk"),
        _("A red account only: a problem, what is done, by whom and by when."),
    ),
    Item(
        "initiation",
        DECISION_MAKER,
        _("Two-way contact with the decision maker"),
        _("A call or meeting is noted with a contact in that role."),
    ),
    Item("negotiation", OFFER, _("An offer was made"), _("An offer for this renewal.")),
    Item("approval", DOCUMENTS, _("The documents are signed")),
    Item(
        "approval",
        PAYMENT,
        _("It is paid"),
        _("An invoice issued since the approval began is paid."),
    ),
)
# Days a deal may stand in a stage before it counts as stuck.
LIMITS = {"preparation": 30, "initiation": 30, "negotiation": 30, "approval": 15}


@dataclass(frozen=True)
class Rules:
    """How a workspace goes through its stages."""

    items: tuple[Item, ...] = SHIPPED
    limits: dict[str, int] = field(default_factory=lambda: dict(LIMITS))
    may_skip: bool = True
    is_standard_path: bool = False

    def of(self, stage: str, *, is_red: bool) -> list[Item]:
        """What that stage asks of a deal."""
        return [
            item
            for item in self.items
            if item.stage == stage
            and item.need != OFF
            and (is_red or item.key != RISK_PLAN)
        ]


@dataclass(frozen=True)
class Evidence:
    """By what one sees that an item is done, and where that stands."""

    text: str
    # Inside the workspace ("/renewals/…/"), or a whole address somebody gave.
    path: str = ""
    at: date | datetime | None = None
    # Who said so; without, the data did.
    by: Any = None
    is_said: bool = False


@dataclass(frozen=True)
class State:
    """An item of one deal: done, by what; or open."""

    item: Item
    evidence: Evidence | None = None

    @property
    def is_done(self):
        return self.evidence is not None


@dataclass(frozen=True)
class Checklist:
    """All the stages of one deal with what they want."""

    stage: str
    states: tuple[State, ...] = ()

    def of(self, stage: str) -> list[State]:
        return [state for state in self.states if state.item.stage == stage]

    @property
    def now(self) -> list[State]:
        """What the present stage wants."""
        return self.of(self.stage)

    @property
    def done(self) -> int:
        return sum(state.is_done for state in self.now)

    @property
    def total(self) -> int:
        return len(self.now)

    @property
    def gaps(self) -> list[State]:
        """What the present stage still has to have."""
        return gaps(self.now)

    def gaps_before(self, stage: str) -> list[State]:
        """What a move to `stage` leaves open: of this stage and those it jumps over.

        Back is free, and so is the way into the pipeline.
        """
        if self.stage not in STAGES or stage not in STAGES:
            return []
        passed = STAGES[STAGES.index(self.stage) : STAGES.index(stage)]
        return gaps(state for one in passed for state in self.of(one))


def gaps(states: Iterable[State]) -> list[State]:
    return [state for state in states if state.item.is_required and not state.is_done]


def checklist(
    stage: str, rules: Rules, evidence: dict[str, Evidence], *, is_red: bool
) -> Checklist:
    """The checklist of a deal in `stage`, filled with the evidence by key."""
    states = tuple(
        State(item, evidence.get(item.key))
        for one in STAGES
        for item in rules.of(one, is_red=is_red)
    )
    return Checklist(stage, states)


def with_needs(items: Iterable[Item], needs: dict[str, str]) -> tuple[Item, ...]:
    """The shipped items as a workspace weighs them; what it says nothing of, stays."""
    return tuple(replace(item, need=needs.get(item.key) or item.need) for item in items)


def may_skip(missing: Collection[State], rules: Rules, *, is_lead: bool) -> bool:
    """Whether this person may go on without these, saying why.

    A lead always; others where the workspace lets them, but never without the plan
    for a red account.
    """
    if is_lead:
        return True
    keys = {state.item.key for state in missing}
    return rules.may_skip and RISK_PLAN not in keys
