"""News of the tenant's product that matter to one account."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Contract
from cs_platform.lib import wording
from qbr.models import FeatureNews, Review
from renewals.models import Plan
from usage.models import FeatureDay

# Told once again in the review after the one it came out before.
SINCE = timedelta(days=180)


@dataclass(frozen=True)
class Matching:
    """A piece of news and why it is told to this account."""

    news: FeatureNews
    why: str


def news_for(review: Review) -> list[Matching]:
    """What came out in the last half year that the account has and does not use yet.

    News of a feature that the account uses is not news to it; news of a plan above its
    own is an offer, not news. Four queries at most.
    """
    rows = FeatureNews.objects.filter(
        released_on__gte=review.period_end - SINCE, released_on__lte=review.day
    )
    news = list(rows.order_by("-released_on", "title"))
    if not news:
        return []
    used = _last_used(review, {one.feature for one in news if one.feature})
    ranks = {plan.name.lower(): plan.rank for plan in Plan.objects.all()}
    own = _rank_of(review, ranks)
    return [
        Matching(one, _why(one))
        for one in news
        if not _is_used_since(one, used) and _is_entitled(one, own, ranks)
    ]


def _why(news):
    day = {"day": wording.day(news.released_on)}
    if news.feature:
        return _("theirs since %(day)s, not used yet") % day
    return _("out since %(day)s") % day


def _last_used(review, features):
    rows = FeatureDay.objects.filter(
        account=review.account_id, feature__name__in=features
    )
    found = rows.values("feature__name").annotate(last=Max("day"))
    return {row["feature__name"]: row["last"] for row in found}


def _is_used_since(news, used):
    last = used.get(news.feature)
    return last is not None and last >= news.released_on


def _rank_of(review, ranks):
    """The highest plan the account pays for on the day of the review."""
    plans = (
        Contract.objects.filter(account=review.account_id, starts_on__lte=review.day)
        .exclude(ends_on__lt=review.day)
        .values_list("plan", flat=True)
    )
    known = [ranks[plan.lower()] for plan in plans if plan.lower() in ranks]
    return max(known, default=None), {plan.lower() for plan in plans}


def _is_entitled(news, own, ranks):
    """Its plan is theirs, or below theirs; a plan nobody ranked has to be the same."""
    rank, names = own
    if not news.plan or news.plan.lower() in names:
        return True
    wanted = ranks.get(news.plan.lower())
    return rank is not None and wanted is not None and wanted <= rank
