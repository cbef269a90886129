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
        own = self.members.get(person.pk) if person else None
        if own and own.reports_to_id:
            above = [m for m in self.members.values() if m.pk == own.reports_to_id]
            if above:
                return [above[0].user]
        return self._in_role(Role.LEAD) or self._in_role(Role.ADMIN)

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

    def _in_role(self, role):
        return [m.user for m in self.members.values() if m.role == role]


def team() -> Team:
    """The team of the workspace in scope: one query."""
    return Team({m.user_id: m for m in members(current_tenant_id())})
