"""Who does it, who is told, and what stands on whose list."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenants.models import Membership, Role, User
from tenants.queries import members
from tenants.scoping import current_tenant_id


@dataclass(frozen=True)
class Team:
    """The active members of the workspace in scope, by the id of the person."""

    members: dict[int, Membership]

    def leads_of(self, person: User | None) -> list[User]:
        """Whom the person reports to, else every lead, else the admins."""
        above = self.above(person) if person else None
        if above:
            return [above]
        return self.in_role(Role.LEAD) or self.in_role(Role.ADMIN)

    def above(self, person: User) -> User | None:
        """Whom the person reports to, if that one is here still."""
        own = self.members.get(person.pk)
        if own is None or own.reports_to_id is None:
            return None
        above = [m for m in self.members.values() if m.pk == own.reports_to_id]
        return above[0].user if above else None

    def someone(self, *candidates: User | None) -> tuple[User | None, str]:
        """The first candidate who is still a member, else a lead or an admin, and why.

        None only in a workspace without lead and admin. The why is empty for the first
        candidate: no explanation is needed.
        """
        for place, person in enumerate(candidates):
            if person and person.pk in self.members:
                return person, "" if place == 0 else _("It is given to the next owner.")
        leads = self.leads_of(None)
        if not leads:
            return None, _("Nobody here can be given it.")
        return leads[0], _("The account has no owner, so a lead is given it.")

    def in_role(self, role):
        return [m.user for m in self.members.values() if m.role == role]


def team() -> Team:
    """The team of the workspace in scope: one query."""
    return Team({m.user_id: m for m in members(current_tenant_id())})
