"""The customer's address of a report: made, shown once, revoked, its visits counted."""

import secrets
from datetime import timedelta

from django.core.signing import Signer
from django.db import transaction

from cs_platform.lib import clock
from qbr.models import Report, ReportLink, ReportView
from qbr.queries.links import SALT
from tenants.models import Credential
from tenants.queries import digest_of
from tenants.services import record_audit, register_credential


class NotFrozen(Exception):
    """What a customer reads must not change under their eyes."""


@transaction.atomic
def make_link(report: Report, *, days: int, label: str, by) -> tuple[ReportLink, str]:
    """A signed address of a frozen report, for so many days; the link and its token.

    The token (256 random bits, signed) is shown once and kept only as a digest, also in
    the global directory. In the audit trail. Raises `NotFrozen`.
    """
    if report.frozen_at is None:
        raise NotFrozen(report.pk)
    token = Signer(salt=SALT).sign(secrets.token_urlsafe(32))
    link = ReportLink.objects.create(
        report=report,
        digest=digest_of(token),
        label=label,
        expires_at=clock.now() + timedelta(days=days),
        made_by=by,
    )
    register_credential(token, Credential.Kind.REPORT)
    after = {"label": label, "expires_at": link.expires_at.isoformat()}
    record_audit("report_link.made", report.review, by=by, before=None, after=after)
    return link, token


@transaction.atomic
def revoke_link(link: ReportLink, *, by) -> None:
    """Refuse the address from now on. Safe to repeat."""
    link = ReportLink.objects.select_for_update().get(pk=link.pk)
    if link.revoked_at is not None:
        return
    link.revoked_at, link.revoked_by = clock.now(), by
    link.save(update_fields=["revoked_at", "revoked_by"])
    Credential.objects.filter(digest=link.digest).delete()
    after = {"label": link.label}
    record_audit(
        "report_link.revoked", link.report.review, by=by, before=None, after=after
    )


def record_view(link: ReportLink, *, what: str, agent: str) -> None:
    """Somebody opened it. Nothing of who they are is kept but what their browser calls
    itself."""
    ReportView.objects.create(link=link, at=clock.now(), what=what, agent=agent[:200])
