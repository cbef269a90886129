"""Decision makers who say nothing: no answer is not a good one."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from accounts.models import Contact, ContactRole
from accounts.queries import visible_accounts
from cs_platform.lib import clock
from nps.models import Invitation, Response

SILENT_AFTER = timedelta(days=180)


def silent_deciders(membership, *, on: date):
    """Accounts none of whose decision makers has answered for half a year, by MRR.

    With `asked`: whether any of them was asked in that time.
    """
    since = clock.start_of(on - SILENT_AFTER, membership.tenant.timezone)
    deciders = Contact.objects.filter(
        tenant=OuterRef("tenant"),
        account=OuterRef("pk"),
        roles__contains=[ContactRole.DECISION_MAKER],
    )
    given = Response.objects.filter(
        tenant=OuterRef("tenant"),
        account=OuterRef("pk"),
        contact__roles__contains=[ContactRole.DECISION_MAKER],
        answered_at__gte=since,
    )
    asked = Invitation.objects.filter(
        tenant=OuterRef("tenant"),
        account=OuterRef("pk"),
        contact__roles__contains=[ContactRole.DECISION_MAKER],
        sent_at__gte=since,
    )
    accounts = visible_accounts(membership).filter(Exists(deciders)).current()
    silent = accounts.filter(~Exists(given)).annotate(asked=Exists(asked))
    return silent.select_related("owner").order_by("-mrr", "name", "pk")


def with_deciders(membership) -> int:
    """How many accounts have a decision maker that is known."""
    deciders = Contact.objects.filter(
        tenant=OuterRef("tenant"),
        account=OuterRef("pk"),
        roles__contains=[ContactRole.DECISION_MAKER],
    )
    return visible_accounts(membership).current().filter(Exists(deciders)).count()
