"""Surveys and whom they asked, as their pages show them."""

from datetime import timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cs_platform.lib import clock
from nps.models import Invitation, OptOut, Survey

# The days that the numbers beside a survey are of.
SPAN = timedelta(days=90)
ASKED = ("asked", "answered", "waiting")


def surveys(accounts) -> QuerySet:
    """All of them, those that are on first, each with how many of these accounts it
    asked in 90 days and how many of them answered or are still waited for."""
    since = clock.now() - SPAN
    own = (
        Invitation.objects.asked()
        .filter(tenant=OuterRef("tenant"), survey=OuterRef("pk"), sent_at__gte=since)
        .filter(account__in=accounts)
        .order_by()
        .values("survey")
    )
    state = Invitation.State
    counts = {
        "asked": Count("pk"),
        "answered": Count("pk", filter=Q(state=state.ANSWERED)),
        "waiting": Count("pk", filter=Q(state__in=[state.SENT, state.REMINDED])),
    }
    return Survey.objects.annotate(
        **{
            name: Coalesce(Subquery(own.annotate(n=count).values("n")), 0)
            for name, count in counts.items()
        },
        is_off=Q(state=Survey.State.OFF),
    ).order_by("is_off", "name", "pk")


def invitations_of(survey: Survey, accounts) -> QuerySet:
    """Whom a survey asked, or is to, of these accounts; latest first."""
    return (
        Invitation.objects.filter(survey=survey, account__in=accounts)
        .select_related("account", "contact")
        .order_by("-created_at", "-pk")
    )


def opted_out() -> dict[str, int]:
    """How many want no more surveys, by the reason."""
    rows = OptOut.objects.values_list("reason").annotate(n=Count("pk")).order_by()
    return dict(rows)
