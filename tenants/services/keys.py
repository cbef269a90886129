import secrets
from datetime import datetime

from django.db import transaction

from cs_platform.lib import clock
from tenants.models import ApiKey, Credential
from tenants.queries import digest_of
from tenants.scoping import current_tenant_id
from tenants.services.audit import record_audit

API_KEY_PREFIX = "csp_"


@transaction.atomic
def create_api_key(
    *, name, scopes=(ApiKey.Scope.READ, ApiKey.Scope.WRITE), by=None, expires_at=None
) -> tuple[ApiKey, str]:
    """Make an API key for the tenant in scope; returns it and its secret.

    The secret (256 random bits) is shown once and kept only as a digest, also in the
    global directory, so that it says whose it is before any tenant is in scope.
    """
    secret = API_KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        prefix=secret[:10],
        digest=digest_of(secret),
        scopes=list(scopes),
        created_by=by,
        expires_at=expires_at,
    )
    key.save()
    register_credential(secret, Credential.Kind.API)
    record_audit("api_key.created", key, by=by, after={"scopes": list(scopes)})
    return key, secret


@transaction.atomic
def revoke_api_key(key, *, by, at: datetime | None = None):
    """Refuse the key from now on. Safe to repeat."""
    if key.revoked_at is not None:
        return
    key.revoked_at = at or clock.now()
    key.save(update_fields=["revoked_at"])
    Credential.objects.filter(digest=key.digest).delete()
    record_audit("api_key.revoked", key, by=by)


def register_credential(secret, kind):
    """Say in the global directory that this secret opens the tenant in scope."""
    Credential.objects.create(
        digest=digest_of(secret), kind=kind, tenant_id=current_tenant_id()
    )
