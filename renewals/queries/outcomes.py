"""Outcomes as they are recorded: what is proposed to whom decides, and what was said."""

import uuid
from dataclasses import dataclass

from django.db.models import Count, F, Prefetch, Q
from django.db.models.functions import Coalesce, Lower

from accounts.models import FeatureRequest
from renewals.models import (
    Explanation,
    NamedDetail,
    Offer,
    OutcomeKind,
    Reason,
    ReasonDetail,
)
from renewals.offering.pricing import term_end

State = FeatureRequest.State
OPTIONS = 300


@dataclass(frozen=True)
class Said:
    """One explanation of a loss, with the names of its second level."""

    pk: uuid.UUID
    reason: str
    label: str
    words: str
    which: list[str]
    at: object
    by: object
    is_latest: bool


def initial_of(renewal, *, offer=None) -> dict:
    """What the form of the outcome begins with: an offer's terms, or the old ones.

    The offer named, else the one the customer accepted.
    """
    chosen = _offer(renewal, offer)
    if chosen is None:
        return {"result": OutcomeKind.RENEWED, "amount": renewal.amount}
    kind = OutcomeKind.RENEWED
    if chosen.currency == renewal.currency and chosen.amount != renewal.amount:
        is_more = chosen.amount > renewal.amount
        kind = OutcomeKind.UPSELL if is_more else OutcomeKind.DOWNSELL
    return {
        "result": kind,
        "amount": chosen.amount,
        "seats": chosen.seats,
        "starts_on": chosen.starts_on,
        "ends_on": term_end(chosen.starts_on, chosen.term_months),
    }


def explanations_of(renewal) -> list[Said]:
    """Why it was lost, as it was said: the latest first. Two queries."""
    labelled = NamedDetail.objects.annotate(label=label_of("detail__")).order_by(
        "label"
    )
    rows = (
        Explanation.objects.filter(outcome__renewal=renewal)
        .select_related("by")
        .prefetch_related(Prefetch("named", labelled))
        .order_by("-at", "-id")
    )
    return [
        Said(
            pk=row.pk,
            reason=row.reason,
            label=row.get_reason_display(),
            words=row.words,
            which=labels_in(row),
            at=row.at,
            by=row.by,
            is_latest=row.is_latest,
        )
        for row in rows
    ]


def labels_in(explanation) -> list[str]:
    """What an explanation names, whose `named` were fetched with their `label`."""
    return [named.label for named in explanation.named.all()]


def which_options(reason=None) -> list[str]:
    """What may be named under a reason (under any, without one), by title.

    Under missing features: the feature requests that are not shipped or declined.
    """
    details = ReasonDetail.objects.filter(retired_at=None, feature_request=None)
    if reason:
        details = details.filter(reason=reason)
    titles = list(details.order_by("title").values_list("title", flat=True)[:OPTIONS])
    if reason in (None, Reason.FEATURES):
        asked = FeatureRequest.objects.exclude(
            state__in=(State.SHIPPED, State.DECLINED)
        )
        titles += asked.order_by("title").values_list("title", flat=True)[:OPTIONS]
    return sorted(set(titles), key=str.casefold)


def own_details():
    """The workspace's own names below the reasons, with `count`: the deals lost for each.

    Without missing features, which are feature requests. By reason and title.
    """
    latest = Count("namings", filter=Q(namings__explanation__is_latest=True))
    rows = ReasonDetail.objects.filter(feature_request=None).annotate(count=latest)
    return rows.order_by("reason", Lower("title"), "pk")


def label_of(path=""):
    """How a detail is called now: a feature request may have another title by now."""
    return Coalesce(F(f"{path}feature_request__title"), F(f"{path}title"))


def _offer(renewal, key):
    offers = Offer.objects.filter(renewal=renewal).defer("document")
    try:
        named = offers.filter(pk=uuid.UUID(str(key))).first() if key else None
    except ValueError:
        named = None
    accepted = offers.filter(state=Offer.State.ACCEPTED).order_by("-version")
    return named or accepted.first()
