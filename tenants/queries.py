"""Who may come in, and what they may see."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from cs_platform.lib import clock
from tenants.models import (
    ApiKey,
    AuditEntry,
    Credential,
    Invitation,
    Membership,
    Tenant,
    User,
)

PAGE = 50


def digest_of(secret: str) -> str:
    """SHA-256 in hex: what we keep of a key (256 random bits need no slow hash)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def tenant_of_credential(secret: str, kind: str) -> Tenant | None:
    """The workspace that a key of this kind opens, or None. Needs no scope."""
    credential = (
        Credential.objects.select_related("tenant")
        .filter(digest=digest_of(secret), kind=kind)
        .first()
    )
    return credential.tenant if credential else None


def usable_api_key(secret: str, *, at) -> ApiKey | None:
    """The key of the tenant in scope, unless it is unknown, revoked or expired."""
    return (
        ApiKey.objects.filter(digest=digest_of(secret), revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=at))
        .first()
    )


def members(tenant_id):
    """The active members of a workspace, with their users, by name."""
    return (
        Membership.objects.filter(tenant_id=tenant_id, is_active=True)
        .select_related("user", "reports_to__user")
        .order_by("user__name", "user__email")
    )


def person_with(email) -> User | None:
    """The person with this address, in whatever workspace."""
    return User.objects.filter(email__iexact=email).first()


def open_invitation(invitation_id, *, lock=False) -> Invitation | None:
    """The invitation if it can still be accepted. Needs the scope."""
    found = open_invitations().filter(pk=invitation_id)
    if lock:
        found = found.select_for_update(of=("self",))
    return found.first()


def open_invitations():
    """Invitations neither accepted nor revoked nor expired, newest first."""
    return (
        Invitation.objects.filter(accepted_at=None, revoked_at=None)
        .filter(expires_at__gt=clock.now())
        .select_related("invited_by")
        .order_by("-created_at")
    )


def unannounced_invitations():
    """Open invitations whose mail is not in the outbox yet, oldest first."""
    return Invitation.objects.filter(
        accepted_at=None, revoked_at=None, announced_at=None
    ).order_by("created_at")


def api_keys():
    """Every key of the workspace, also the revoked ones, newest first."""
    return ApiKey.objects.select_related("created_by").order_by("-created_at")


@dataclass(frozen=True)
class AuditPage:
    entries: list[AuditEntry]
    after: str  # where the next page begins; empty on the last one


def audit_page(*, after=None, action="", who="") -> AuditPage:
    """A page of the audit trail, newest first, from just before `after`."""
    entries = AuditEntry.objects.select_related("by", "by_key").order_by("-at", "-id")
    if action:
        entries = entries.filter(action__startswith=action)
    if who:
        entries = entries.filter(
            Q(by__email__icontains=who) | Q(by__name__icontains=who)
        )
    place = _read_place(after)
    if place:
        entries = entries.filter(Q(at__lt=place[0]) | Q(at=place[0], id__lt=place[1]))
    found = list(entries[: PAGE + 1])
    more = len(found) > PAGE
    return AuditPage(found[:PAGE], _place(found[PAGE - 1]) if more else "")


def _place(entry):
    return base64.urlsafe_b64encode(
        f"{entry.at.isoformat()} {entry.pk}".encode()
    ).decode()


def _read_place(text):
    """The instant and id of a place; None for none and for a mangled one."""
    try:
        at, _, key = base64.urlsafe_b64decode(text or "").decode().partition(" ")
        return datetime.fromisoformat(at), key
    except (ValueError, binascii.Error):
        return None
