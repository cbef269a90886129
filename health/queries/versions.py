"""The scorecards of a tenant with their versions, and who made them."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Account
from health.models import Night, Scorecard
from health.queries.allotment import accounts_by_card
from health.queries.cards import cards_in_force
from tenants.models import AuditEntry


@dataclass(frozen=True)
class CardLine:
    """A scorecard in the list: what is in force, its draft, and for how many."""

    name: str
    in_force: Scorecard | None
    draft: Scorecard | None
    versions: int
    accounts: int | None

    @property
    def is_kept(self) -> bool:
        """Whether there are versions to open; a shipped card has none before it is
        needed."""
        return self.versions > 0 or self.draft is not None


@dataclass(frozen=True)
class Version:
    card: Scorecard
    by: str
    at: datetime | None


def card_lines() -> list[CardLine]:
    """Every scorecard, those that score most accounts first."""
    scoring = list(cards_in_force())
    names: dict[str, list[Scorecard]] = {name: [] for name in scoring}
    for card in Scorecard.objects.order_by("name", "-version").defer("definition"):
        names.setdefault(card.name, []).append(card)
    in_force = {
        name: next((one for one in some if one.published_at), None)
        for name, some in names.items()
    }
    counts = accounts_by_card(Account.objects.current(), scoring)
    found = [
        CardLine(
            name=name,
            in_force=in_force[name],
            draft=next((one for one in some if not one.published_at), None),
            versions=sum(one.published_at is not None for one in some),
            accounts=counts.get(name),
        )
        for name, some in names.items()
    ]
    return sorted(found, key=lambda one: (-(one.accounts or 0), one.name))


def versions_of(name: str) -> list[Version]:
    """Every version of a scorecard, the newest first, with who published it."""
    cards = list(Scorecard.objects.filter(name=name).order_by("-version"))
    entries = AuditEntry.objects.filter(
        subject_kind=Scorecard._meta.label_lower,
        subject_id__in=[str(card.pk) for card in cards],
        action__in=["scorecard.published", "scorecard.drafted"],
    )
    entries = entries.select_related("by").defer("before", "after")
    who = {(one.subject_id, one.action): one for one in entries.order_by("at", "pk")}
    found = []
    for card in cards:
        action = "published" if card.published_at else "drafted"
        entry = who.get((str(card.pk), f"scorecard.{action}"))
        by = str(entry.by) if entry and entry.by else ""
        at = entry.at if entry else None
        found.append(Version(card, by, card.published_at or at))
    return found


def night_under_way() -> Night | None:
    """The scoring of all accounts that is going on, if one is."""
    return Night.objects.filter(finished_at=None).order_by("day").first()
