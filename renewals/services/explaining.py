"""Why a deal was lost, in whole or in part: a reason, which exactly, and words."""

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.services import ask_for_feature
from cs_platform.lib import clock
from renewals.models import (
    NAMING,
    Explanation,
    NamedDetail,
    Outcome,
    Reason,
    ReasonDetail,
)
from tenants.services import record_audit

MOST_NAMED = 20


class StaleExplanation(Exception):
    """Somebody else has corrected it meanwhile."""


def problems_of(reason, words, which) -> dict[str, str]:
    """What is wrong with an explanation, by field; nothing when it may be recorded."""
    found = {}
    if reason not in Reason.values:
        found["reason"] = _("Choose why it was lost.")
    elif reason in NAMING and not any(title.strip() for title in which):
        found["which"] = _("Say which.")
    if len(which) > MOST_NAMED or any(len(title) > 200 for title in which):
        found["which"] = _("Up to 20 of them, each of up to 200 letters.")
    if not words.strip():
        found["detail"] = _("Say in words why it was lost.")
    return found


def explain(outcome, *, reason, words, which, by, at) -> Explanation:
    """Record why the outcome is what it is; the latest row is the one that counts.

    `which` are titles of the second level; those not on the tenant's list are put on
    it, and a missing feature is a feature request with the account's vote.
    The outcome gets its copy.
    """
    Explanation.objects.filter(outcome=outcome, is_latest=True).update(is_latest=False)
    explanation = Explanation.objects.create(
        outcome=outcome, reason=reason, words=words, at=at, by=by
    )
    account = outcome.renewal.account
    details = {
        detail.pk: detail
        for title in which
        if title.strip()
        for detail in [_detail(reason, title, account, by)]
    }
    NamedDetail.objects.bulk_create(
        NamedDetail(explanation=explanation, detail=detail)
        for detail in details.values()
    )
    outcome.reason, outcome.detail = reason, words
    outcome.save(update_fields=["reason", "detail"])
    return explanation


@transaction.atomic
def correct_reason(
    outcome, *, reason, words, which, was, by=None, by_key=None, at=None
) -> Explanation:
    """Say it anew; what was said before stays in the history and in the audit trail.

    `was` is the key of the explanation the corrector saw, as text (empty: there was
    none); raises `StaleExplanation` when there is another by now.
    """
    outcome = (
        Outcome.objects.select_for_update(of=("self",))
        .select_related("renewal__account")
        .get(pk=outcome.pk)
    )
    latest = Explanation.objects.filter(outcome=outcome, is_latest=True).first()
    if was != (str(latest.pk) if latest else ""):
        raise StaleExplanation(outcome.pk)
    before = {"reason": outcome.reason, "detail": outcome.detail}
    if latest:
        before["which"] = named_in(latest)
    explanation = explain(
        outcome, reason=reason, words=words, which=which, by=by, at=at or clock.now()
    )
    after = {"reason": reason, "detail": words, "which": named_in(explanation)}
    record_audit(
        "renewal.explained",
        outcome.renewal,
        by=by,
        by_key=by_key,
        before=before,
        after=after,
    )
    return explanation


def named_in(explanation) -> list[str]:
    """The titles of the second level that an explanation names."""
    named = NamedDetail.objects.filter(explanation=explanation)
    return list(named.order_by("detail__title").values_list("detail__title", flat=True))


def _detail(reason, title, account, by):
    """The entry of the tenant's list with that title, made when it is not there."""
    title = " ".join(title.split())
    request = None
    if reason == Reason.FEATURES:
        request = ask_for_feature(title, account=account, by=by)
        known = ReasonDetail.objects.filter(feature_request=request).first()
        if known:
            return known
    new = ReasonDetail(reason=reason, title=title, feature_request=request)
    ReasonDetail.objects.bulk_create([new], ignore_conflicts=True)
    listed = ReasonDetail.objects.filter(reason=reason).alias(plain=Lower("title"))
    return listed.get(plain=Lower(Value(title)))
