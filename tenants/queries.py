"""Who may come in, and what they may see."""

import hashlib

from django.db.models import Q

from tenants.models import ApiKey, Credential, Membership, Tenant


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
        .select_related("user")
        .order_by("user__name", "user__email")
    )
