"""Feature requests by how much revenue asks for them."""

from decimal import Decimal

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Account, FeatureRequest, FeatureVote

NOT_WANTED = (FeatureRequest.State.SHIPPED, FeatureRequest.State.DECLINED)
OFFERED = 300


def weighed_requests(accounts=None):
    """Requests with `count` (of accounts) and `mrr` (theirs, a month, as it is now).

    Only votes of these accounts count; of all that are not archived, when none is said.
    """
    if accounts is None:
        accounts = Account.objects.filter(archived_at=None)
    votes = FeatureVote.objects.filter(request=OuterRef("pk"), account__in=accounts)
    summed = votes.order_by().values("request")
    return FeatureRequest.objects.annotate(
        count=Coalesce(Subquery(summed.annotate(n=Count("pk")).values("n")), 0),
        mrr=Coalesce(
            Subquery(summed.annotate(sum=Sum("account__mrr")).values("sum")), Decimal(0)
        ),
    )


def votes_of(request, accounts):
    """The votes of these accounts, the largest account first."""
    votes = FeatureVote.objects.filter(request=request, account__in=accounts)
    return votes.select_related("account", "by").order_by("-account__mrr", "id")


def requests_of(account):
    """The votes of an account, with what it asks for."""
    votes = FeatureVote.objects.filter(account=account).select_related("request", "by")
    return votes.order_by("request__title")


def wanted_titles() -> list[str]:
    """Of what may be asked for, to be offered while one types."""
    asked = FeatureRequest.objects.exclude(state__in=NOT_WANTED).order_by("title")
    return list(asked.values_list("title", flat=True)[:OFFERED])
