"""What the pages of the pipeline share: the day, the person, a row as it is shown."""

from cs_platform.lib import clock
from renewals.forms import RenewalFilters
from renewals.models import PIPELINE, Stage
from renewals.queries import pipeline
from renewals.queries.checklist import limits
from tenants.models import Role

LEADS = (Role.LEAD, Role.OPS, Role.ADMIN)


def today(request):
    return clock.day_of(clock.now(), request.tenant.timezone)


def is_lead(request):
    """Whether this person may always let a deal go on with gaps."""
    return request.membership.role in LEADS


def filters_of(request, query):
    """The filters of an address; a CSM who says nothing sees the own deals."""
    filters = RenewalFilters(query).chosen()
    if "whose" not in query and request.membership.role == Role.CSM:
        filters["whose"] = "mine"
    return filters


def shown(rows, request):
    """The rows with their words, their age in the stage and whether they are stuck."""
    known, on = limits(), today(request)
    return [_shown(row, request, known, on) for row in rows]


def show_in(groups, name, request):
    """The same for the rows in that list of each group, all at once."""
    rows = shown([row for group in groups for row in getattr(group, name)], request)
    for group in groups:
        number = len(getattr(group, name))
        setattr(group, name, rows[:number])
        rows = rows[number:]


def _shown(row, request, known, on):
    age = (on - clock.day_of(row["stage_since"], request.tenant.timezone)).days
    is_deal = row["stage"] in PIPELINE and row["stopped_at"] is None
    stage = row["stage"]
    return row | {
        "owner": row["owner__name"] or row["owner__email"],
        "stage_word": Stage(stage).label if stage in Stage.values else stage,
        "age": age if is_deal else None,
        "limit": known.get(stage),
        "is_stuck": is_deal and age > known.get(stage, age),
        "is_late": is_deal and bool(row["next_step_on"]) and row["next_step_on"] < on,
        "may_move": stage in PIPELINE and pipeline.may_change(row, request.membership),
    }
