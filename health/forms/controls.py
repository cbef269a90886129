"""The fields of the editor of a scorecard: each named by its path in the definition."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.editing import Entered, Errors
from health.signals import SIGNALS

GROUPED_UNITS = {
    "days": gettext_lazy("days"),
    "people": gettext_lazy("people"),
    "hours": gettext_lazy("hours"),
    "share": "%",
    "change": "%",
}
OPERATORS = [
    ("over", gettext_lazy("more than")),
    ("from", gettext_lazy("at least")),
    ("to", gettext_lazy("at most")),
    ("under", gettext_lazy("less than")),
    ("older_than_days", gettext_lazy("lasting more days than")),
]
KINDS = [
    ("bands", gettext_lazy("Steps of points")),
    ("scale", gettext_lazy("A scale from worst to best")),
    ("condition", gettext_lazy("A condition: all or nothing")),
]


@dataclass(frozen=True)
class Control:
    path: str
    label: str
    value: str = ""
    error: str = ""
    kind: str = "number"  # number, text, select, hidden
    choices: list[tuple[str, Any]] = field(default_factory=list)
    help: str = ""
    unit: str = ""
    # Another choice asks for other fields.
    redraws: bool = False

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")


class Fields:
    """Makes controls of one branch of the form."""

    def __init__(self, form: Entered, path: str, errors: Errors):
        self.form, self.path, self.errors = form, path, errors

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def control(self, name: str, label: str, **options: Any) -> Control:
        value = self.form.get(name, "")
        path = self.at(name)
        return Control(
            path=path,
            label=label,
            value=value if isinstance(value, str) else "",
            error=self.errors.get(path, ""),
            **options,
        )

    def hidden(self, name: str) -> Control:
        return self.control(name, "", kind="hidden")

    def text(self, name: str, label: str, **options: Any) -> Control:
        return self.control(name, label, kind="text", **options)

    def select(self, name: str, label: str, choices: Any, **options: Any) -> Control:
        return self.control(
            name, label, kind="select", choices=list(choices), **options
        )

    def branch(self, name: str) -> "Fields":
        some = self.form.get(name)
        return Fields(
            some if isinstance(some, dict) else {}, self.at(name), self.errors
        )

    def rows(self, name: str) -> list["Fields"]:
        some = self.form.get(name)
        return [
            Fields(row, f"{self.at(name)}.{number}", self.errors)
            for number, row in enumerate(some if isinstance(some, list) else [])
            if isinstance(row, dict)
        ]


def unit_of(signal: Any) -> str:
    known = SIGNALS.get(signal) if isinstance(signal, str) else None
    return str(GROUPED_UNITS.get(known.unit, "")) if known else ""


def condition_controls(
    fields: Fields, unit: str, *, may_be_empty: bool
) -> list[Control]:
    choices = [("", _("all the rest"))] if may_be_empty else []
    op = fields.form.get("op")
    return [
        fields.select("op", _("When it is"), [*choices, *OPERATORS]),
        fields.control(
            "border",
            _("Border"),
            unit=str(_("days")) if op == OPERATORS[-1][0] else unit,
        ),
    ]


@dataclass(frozen=True)
class ShapePart:
    """How a value becomes points."""

    path: str
    kind: Control
    controls: list[Control]
    steps: list["StepPart"]
    error: str


@dataclass(frozen=True)
class StepPart:
    path: str
    controls: list[Control]
    is_last: bool


def shape_part(fields: Fields, signal: Any) -> ShapePart:
    unit = unit_of(signal)
    kind = fields.form.get("kind")
    controls, steps = [], []
    if kind == "scale":
        controls = [
            fields.control("worst", _("Nothing at"), unit=unit),
            fields.control("best", _("All at"), unit=unit),
        ]
    elif kind == "condition":
        controls = condition_controls(fields, unit, may_be_empty=False)
    elif kind == "bands":
        rows = fields.rows("steps")
        steps = [_step(row, unit, is_last=row is rows[-1]) for row in rows]
    return ShapePart(
        fields.path,
        fields.select("kind", _("Points by"), KINDS, redraws=True),
        controls,
        steps,
        fields.errors.get(f"{fields.path}.steps", ""),
    )


def _step(fields: Fields, unit: str, *, is_last: bool) -> StepPart:
    points = fields.control("points", _("Points"))
    if is_last and not fields.form.get("op"):
        return StepPart(fields.path, [fields.hidden("op"), points], True)
    condition = condition_controls(fields, unit, may_be_empty=False)
    return StepPart(fields.path, [*condition, points], is_last)
