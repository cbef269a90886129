"""How groups of answers are called, and where their answers are."""

from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import ContactRole, Tier
from nps import numbers
from nps.forms.answers import BANDS
from nps.numbers import Nps
from nps.queries import results
from nps.queries.answers import NOBODY, Choice
from tenants.queries import members


@dataclass(frozen=True)
class Line:
    """One group, and the page of its answers."""

    label: Any
    nps: Nps
    href: str


@dataclass(frozen=True)
class Group:
    label: str
    lines: list[Line]


def answers_url(choice: Choice, **more) -> str:
    """The page with exactly the answers that are meant."""
    said = {
        field.name: value
        for field in fields(choice)
        if (value := getattr(choice, field.name)) not in (None, "", False)
    }
    return f"{reverse('nps:answer-list')}?{urlencode(said | more)}"


def groups_of(found: results.Voices, choice: Choice, membership, *, on) -> list[Group]:
    """By touch, segment, role, plan and CSM: each with the page of its answers."""
    names = {str(row.user_id): str(row.user) for row in members(membership.tenant_id)}
    words: dict[str, tuple[str, dict]] = {
        "tier": (_("Touch"), dict(Tier.choices)),
        "segment": (_("Segment"), {}),
        "role": (_("Role"), dict(ContactRole.choices)),
        "plan": (_("Plan"), {}),
        "owner": (_("CSM"), names),
    }
    by = {name: found.grouped(name) for name in ("tier", "segment", "role", "owner")}
    by["plan"] = results.by_plan(membership, choice, on=on)
    return [
        Group(label, _lines(by[name], name, known, choice))
        for name, (label, known) in words.items()
    ]


def last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def band_word(kind: str):
    return dict(BANDS)[kind]


def kind_words() -> dict[str, str]:
    return {kind: str(band_word(kind)) for kind in numbers.KINDS}


def _lines(groups, name, known, choice):
    lines = []
    for key, found in groups.items():
        is_listed = not (name == "plan" and key == NOBODY)
        href = answers_url(choice, kind="nps", latest="on", **{name: key})
        label = _NOTHING[name]() if key == NOBODY else known.get(str(key), str(key))
        lines.append(Line(label, found, href if is_listed else ""))
    return sorted(lines, key=lambda line: (-line.nps.n, str(line.label)))


_NOTHING = {
    "tier": lambda: _("None"),
    "segment": lambda: _("No segment"),
    "role": lambda: _("No role"),
    "plan": lambda: _("No contract"),
    "owner": lambda: _("Nobody"),
}
