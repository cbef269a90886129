"""The form of a scorecard, laid out: what its page goes through."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from health.editing import Entered, Errors
from health.forms.controls import (
    Control,
    Fields,
    ShapePart,
    condition_controls,
    shape_part,
    unit_of,
)
from health.queries import wording
from health.queries.descriptions import METHODS, MISSING
from health.signals import SIGNALS


@dataclass(frozen=True)
class Row:
    """A group, a cap or an age: its fields in a line."""

    path: str
    name: str
    controls: list[Control]
    hidden: list[Control]
    shape: ShapePart | None = None


@dataclass(frozen=True)
class MeasurePart:
    path: str
    # The same wherever it stands.
    id: str
    name: str
    note: str
    hidden: list[Control]
    main: list[Control]
    reading: list[Control]
    shape: ShapePart
    cares: list[Control]
    ages: list[Row]
    errors: int
    is_open: bool


class CardForm:
    """A form as it was entered, with its errors; `opened` is what was touched last."""

    def __init__(self, form: Entered, errors: Errors | None = None, opened: str = ""):
        self.form = form
        self.errors = Errors(errors or {})
        self.opened = opened
        self._fields = Fields(form, "", self.errors)
        self.is_weighted = form.get("method") == "weighted"

    @property
    def method(self) -> Control:
        return self._fields.select("method", _("Method"), METHODS.items(), redraws=True)

    @property
    def limits(self) -> list[Control]:
        bands = self._fields.branch("bands")
        facts = self._fields.branch("facts_stale_after_days")
        never = _("Without a new one of anybody's. Empty: never.")
        return [
            bands.control("green", _("Green from")),
            bands.control("amber", _("Amber from")),
            self._fields.control(
                "coverage_floor",
                _("No score below"),
                unit="%",
                help=_("Of the card's data that has to be known."),
            ),
            self._fields.control(
                "usage_stale_after_hours",
                _("Usage is stale after"),
                unit=_("hours"),
                help=_("Of silence of what sends an account's usage."),
            ),
            facts.control(
                "tickets", _("Tickets are stale after"), unit=_("days"), help=never
            ),
            facts.control(
                "invoices", _("Invoices are stale after"), unit=_("days"), help=never
            ),
        ]

    @property
    def groups(self) -> list[Row]:
        return [
            Row(
                path=one.path,
                name=self._group_name(one.form.get("key")),
                controls=[
                    one.text(
                        "label", _("Name"), help=self._group_name(one.form.get("key"))
                    ),
                    *([one.control("weight", _("Weight"))] if self.is_weighted else []),
                ],
                hidden=[one.hidden("key")]
                + ([] if self.is_weighted else [one.hidden("weight")]),
            )
            for one in self._fields.rows("groups")
        ]

    @property
    def measures(self) -> list[MeasurePart]:
        return [self._measure(one) for one in self._fields.rows("measures")]

    @property
    def caps(self) -> list[Row]:
        return [self._cap(one) for one in self._fields.rows("caps")]

    @property
    def signals(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What can be measured, by group, for the list to choose from."""
        found: dict[str, list[tuple[str, str]]] = {}
        for key, signal in SIGNALS.items():
            found.setdefault(signal.group, []).append((key, str(signal.label)))
        return [
            (wording.group_of(group), sorted(some, key=lambda one: one[1]))
            for group, some in found.items()
        ]

    @property
    def other_errors(self) -> list[str]:
        """What stands at no field."""
        return [
            said
            for path, said in self.errors.items()
            if path in ("", "bands", "groups", "measures", "caps")
            or path.endswith(".key")
        ]

    def _group_name(self, key: Any) -> str:
        return wording.group_of(key) if isinstance(key, str) else ""

    def _group_choices(self) -> list[tuple[str, str]]:
        rows = self._fields.rows("groups")
        return [
            (one.form.get("key", ""), one.form.get("label") or self._group_name(key))
            for one in rows
            if (key := one.form.get("key")) is not None
        ]

    def _measure(self, fields: Fields) -> MeasurePart:
        signal = fields.form.get("signal")
        label = wording.named(fields.form.get("key"), signal)
        shape = fields.branch("shape")
        weighs = self.is_weighted or shape.form.get("kind") != "bands"
        weight = _("Weight in its group") if self.is_weighted else _("Points at most")
        count = sum(one.startswith(f"{fields.path}.") for one in self.errors)
        opened = f"{self.opened}."
        return MeasurePart(
            path=fields.path,
            id=f"measure-{fields.form.get('key')}",
            name=fields.form.get("label") or label,
            note=self._note(fields),
            hidden=[fields.hidden("key"), fields.hidden("signal")]
            + ([] if weighs else [fields.hidden("weight")]),
            main=[
                fields.text("label", _("Name"), help=label),
                fields.select(
                    "group", pgettext("of measures", "Group"), self._group_choices()
                ),
                *([fields.control("weight", weight)] if weighs else []),
            ],
            reading=reading_controls(fields),
            shape=shape_part(shape, signal),
            cares=_cares(fields),
            ages=[self._age(one, signal) for one in fields.rows("ages")],
            errors=count,
            is_open=bool(count) or opened.startswith(f"{fields.path}."),
        )

    def _note(self, fields: Fields) -> str:
        """What stands beside the name while a measure is folded."""
        names = dict(self._group_choices())
        weight = fields.form.get("weight")
        note = names.get(fields.form.get("group", ""), "")
        return f"{note} · {weight}" if self.is_weighted and weight else note

    def _age(self, fields: Fields, signal: Any) -> Row:
        return Row(
            path=fields.path,
            name=_("For older customers"),
            controls=[
                fields.control(
                    "after_days",
                    _("From this many days as a customer on"),
                    unit=_("days"),
                )
            ],
            hidden=[],
            shape=shape_part(fields.branch("shape"), signal),
        )

    def _cap(self, fields: Fields) -> Row:
        signal = fields.form.get("signal")
        known = SIGNALS.get(signal) if isinstance(signal, str) else None
        label = str(known.label) if known else str(signal)
        return Row(
            path=fields.path,
            name=fields.form.get("label") or label,
            controls=[
                fields.text("label", _("Name"), help=label),
                *reading_controls(fields),
                *condition_controls(fields, unit_of(signal), may_be_empty=False),
                fields.control("at_most", _("Score at most")),
            ],
            hidden=[fields.hidden("key"), fields.hidden("signal")],
        )


def reading_controls(fields: Fields) -> list[Control]:
    """How far a signal looks back, and its settings."""
    signal = fields.form.get("signal")
    known = SIGNALS.get(signal) if isinstance(signal, str) else None
    if known is None:
        return []
    controls = []
    if known.window is not None:
        controls.append(fields.control("window", _("Looks back"), unit=_("days")))
    settings = fields.branch("settings")
    if "months" in known.settings:
        controls.append(settings.control("months", _("Looks back"), unit=_("months")))
    if "event" in known.settings:
        controls.append(
            settings.text(
                "event",
                _("Event"),
                help=_("The name of the event that counts.")
                if known.key == "key_feature"
                else _("Left empty, any event counts."),
            )
        )
    return controls


def _cares(fields: Fields) -> list[Control]:
    return [
        fields.select("missing", _("What is not known"), MISSING.items()),
        fields.control(
            "half_life",
            _("Half-life"),
            unit=_("days"),
            help=_("Older facts count less and less. Empty: they do not fade."),
        ),
        fields.control(
            "minimum",
            _("Needs at least"),
            unit=_("observations"),
            help=_("With fewer it is not known."),
        ),
    ]
