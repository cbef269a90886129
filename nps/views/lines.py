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
from nps.queries.answers import NOBODY, Choice
from nps.queries.voices import Voices
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


def ledger_url(name: str, choice: Choice, **more) -> str:
    """The rows of a number that are no answers, or weigh differently."""
    said = {"since": choice.since, "until": choice.until}
    if choice.survey:
        said["survey"] = choice.survey
    return f"{reverse(f'nps:{name}')}?{urlencode(said | more)}"


def groups_of(found: Voices, choice: Choice, membership) -> list[Group]:
    """By touch, segment, role, plan and CSM: each with the page of its answers."""
    names = {str(row.user_id): str(row.user) for row in members(membership.tenant_id)}
    words: dict[str, tuple[str, dict]] = {
        "tier": (_("Touch"), dict(Tier.choices)),
        "segment": (_("Segment"), {}),
        "role": (_("Role"), dict(ContactRole.choices)),
        "plan": (_("Plan"), {}),
        "owner": (_("CSM"), names),
    }
    return [
        Group(label, _lines(found.grouped(name), name, known, choice))
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
