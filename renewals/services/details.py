"""The workspace's own list below the reasons: names put right, retired, brought back."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from renewals.models import ReasonDetail
from tenants.services import record_audit


@transaction.atomic
def rename_detail(detail: ReasonDetail, *, title: str, by=None) -> ReasonDetail:
    """Call it otherwise, also in what was said with it. In the audit trail.

    Raises ValidationError for a name that is on the list of its reason already. The
    same name again changes nothing.
    """
    detail = _locked(detail)
    title = " ".join(title.split())
    others = ReasonDetail.objects.filter(reason=detail.reason).exclude(pk=detail.pk)
    if others.filter(title__iexact=title).exists():
        raise ValidationError({"title": _("It is on the list already.")})
    if title != detail.title:
        before, detail.title = {"title": detail.title}, title
        detail.save(update_fields=["title"])
        _record("renamed", detail, by, before=before)
    return detail


@transaction.atomic
def retire_detail(detail: ReasonDetail, *, by=None, at=None) -> ReasonDetail:
    """Offer it no more; what was said with it stays. In the audit trail, once."""
    detail = _locked(detail)
    if detail.retired_at is None:
        detail.retired_at = at or clock.now()
        detail.save(update_fields=["retired_at"])
        _record("retired", detail, by)
    return detail


@transaction.atomic
def restore_detail(detail: ReasonDetail, *, by=None) -> ReasonDetail:
    """Offer it again. In the audit trail, once."""
    detail = _locked(detail)
    if detail.retired_at is not None:
        detail.retired_at = None
        detail.save(update_fields=["retired_at"])
        _record("restored", detail, by)
    return detail


def _locked(detail):
    return ReasonDetail.objects.select_for_update(of=("self",)).get(pk=detail.pk)


def _record(what, detail, by, before=None):
    after = {"reason": detail.reason, "title": detail.title}
    record_audit(f"reason_detail.{what}", detail, by=by, before=before, after=after)
