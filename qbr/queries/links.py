"""Which report a customer's address opens, and who may still use it."""

import hmac
from collections.abc import Sequence

from django.core.signing import BadSignature, Signer
from django.db.models import Count, Max

from cs_platform.lib import clock
from qbr.models import Report, ReportLink, ReportView
from tenants.models import Credential, Tenant
from tenants.queries import digest_of, tenant_of_credential

SALT = "qbr.report-link"
# As many as a page tells one by one.
VISITS = 200


def tenant_of_link(token: str) -> Tenant | None:
    """The workspace whose report this token opens. Needs no scope.

    One that we did not sign is refused before anything is looked up.
    """
    try:
        Signer(salt=SALT).unsign(token)
    except BadSignature:
        return None
    return tenant_of_credential(token, Credential.Kind.REPORT)


def open_link(token: str) -> ReportLink | None:
    """The link of the tenant in scope; None when it is revoked or expired."""
    digest = digest_of(token)
    link = (
        ReportLink.objects.open(clock.now())
        .filter(digest=digest, report__frozen_at__isnull=False)
        .select_related("report__review__account")
        .first()
    )
    # Found by its digest: how long that takes says nothing of the secret.
    if link is None or not hmac.compare_digest(link.digest, digest):
        return None
    return link


def links_of(report: Report) -> Sequence[ReportLink]:
    """The latest first, each with how often and when it was last opened, and by what:
    two queries."""
    rows = ReportLink.objects.filter(report=report).annotate(
        opened=Count("views"), last_at=Max("views__at")
    )
    links = list(rows.order_by("-created_at", "-id"))
    views: dict = {link.pk: [] for link in links}
    for view in ReportView.objects.filter(link__in=views).order_by("-at")[:VISITS]:
        views[view.link_id].append(view)
    for link in links:
        link.latest_views = views[link.pk]
        link.earlier = link.opened - len(views[link.pk])
        link.has_expired = link.expires_at <= clock.now()
    return links
