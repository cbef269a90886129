"""The first page of the day."""

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from cs_platform.lib import clock
from insights.queries import today as queries
from insights.queries.checklist import checklist
from tenants.access import member_required
from tenants.models import Role

# Who hands accounts over and sets the workspace up.
STEERS = (Role.LEAD, Role.OPS, Role.ADMIN)
# Who brings files in: to the others that page is not there.
IMPORTS = "integrations:import-list"
IMPORTERS = (Role.OPS, Role.ADMIN)


@require_GET
@member_required
def today(request):
    membership = request.membership
    on = clock.day_of(clock.now(), request.tenant.timezone)
    team = "mine" if membership.role == Role.CSM else "team"
    is_team = request.GET.get("whose", team) == "team"
    desk = queries.desk_of(membership, on=on, is_team=is_team)
    steers = membership.role in STEERS
    context = {
        "on": on,
        "is_team": is_team,
        "tasks": queries.tasks(desk),
        "alerts": queries.alerts(desk),
        "renewals": queries.renewals(desk),
        "falls": queries.falls(desk),
        "unowned": queries.unowned(desk) if steers else queries.Section(),
        "steps": _steps(membership) if steers else [],
        "list_query": "" if desk.people is None else "owner=me" * (not is_team),
        "may_act": membership.role != Role.VIEWER,
    }
    return render(request, "insights/today.html", context)


def _steps(membership):
    """The first steps, with their addresses; none when all are done."""
    steps = checklist(membership.tenant)
    if all(step.is_done for step in steps):
        return []
    return [
        {"step": step, "href": _address(step.url_name, membership)} for step in steps
    ]


def _address(name, membership):
    if name == IMPORTS and membership.role not in IMPORTERS:
        return ""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
