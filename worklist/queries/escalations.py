"""Urgent alerts that nobody answers, and who comes next in the chain."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from tenants.models import Role, User
from worklist.models import Alert, Escalation, EscalationRule
from worklist.queries.team import Team

# Until a workspace says otherwise.
AFTER_HOURS = 4
LAST = Escalation.Level.ADMINS


@dataclass(frozen=True)
class Chain:
    """Who is to be told of an alert of this owner, step by step, each person once."""

    team: Team
    owner: User | None

    def new_at(self, level) -> list[User]:
        """Those of a step who were not told at one before."""
        known = {self.owner.pk} if self.owner else set()
        for earlier in [one for one in Escalation.Level if one < level]:
            known |= {person.pk for person in self._at(earlier)}
        return [person for person in self._at(level) if person.pk not in known]

    def _at(self, level):
        if level == Escalation.Level.ADMINS:
            return self.team.in_role(Role.ADMIN)
        leads = self.team.leads_of(self.owner)
        if level == Escalation.Level.LEAD:
            return leads
        found = [self.team.above(lead) for lead in leads]
        return list({person.pk: person for person in found if person}.values())


def after_hours() -> int | None:
    """The hours of the workspace in scope between the steps; None: no escalation."""
    rule = EscalationRule.objects.first()
    return rule.after_hours if rule else AFTER_HOURS


def due_alerts(before):
    """Unanswered ones opened, or last escalated, by `before`; not those at the end."""
    last = Escalation.objects.filter(tenant=OuterRef("tenant"), alert=OuterRef("pk"))
    last = last.order_by("-level")
    return (
        Alert.objects.unanswered()
        .annotate(
            reached=Subquery(last.values("level")[:1]),
            escalated_at=Subquery(last.values("at")[:1]),
        )
        .filter(
            Q(reached=None, opened_at__lte=before)
            | Q(reached__lt=LAST, escalated_at__lte=before)
        )
    )


def escalations_of(alert_ids) -> dict:
    """What was told of these alerts, by alert: one query."""
    found: dict = {}
    rows = Escalation.objects.filter(alert__in=alert_ids).exclude(told="")
    for row in rows.order_by("level"):
        found.setdefault(row.alert_id, []).append(row)
    return found
