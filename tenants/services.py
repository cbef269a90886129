"""Workspaces, members, keys, and the record of who changed them."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from tenants.models import (
    ApiKey,
    AuditEntry,
    Credential,
    Membership,
    Role,
    Tenant,
    User,
)
from tenants.queries import digest_of
from tenants.scoping import current_tenant_id, tenant_scope

API_KEY_PREFIX = "csp_"


class LastAdmin(Exception):
    """The last admin of a workspace cannot leave the role or the workspace."""

    message = _("A workspace needs at least one admin: name another one first.")


def record_audit(action, subject, *, by=None, by_key=None, before=None, after=None):
    """Write one entry of the audit trail, in the transaction of the change.

    `subject` is the row changed; `before` and `after` are plain values of what changed
    in it (None: it was not there).
    """
    return AuditEntry.objects.create(
        at=clock.now(),
        by=by,
        by_key=by_key,
        action=action,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        before=before,
        after=after,
    )


@transaction.atomic
def create_tenant(slug, *, name, timezone="UTC", currency="USD", language="en"):
    """Create a workspace. Raises ValidationError for a taken slug or unknown zone."""
    tenant = Tenant(
        slug=slug, name=name, timezone=timezone, currency=currency, language=language
    )
    tenant.full_clean()
    tenant.save()
    with tenant_scope(tenant.pk):
        record_audit("workspace.created", tenant, after={"slug": slug, "name": name})
    return tenant


@transaction.atomic
def add_member(tenant, *, user, role, by=None):
    """Make a person a member, or give a former member back the place, in `role`.

    Needs the tenant's scope. Safe to repeat.
    """
    membership, is_new = Membership.objects.get_or_create(
        tenant=tenant, user=user, defaults={"role": role}
    )
    before = None if is_new else _standing(membership)
    membership.role, membership.is_active = role, True
    membership.save()
    after = _standing(membership)
    if before != after:
        record_audit("member.added", membership, by=by, before=before, after=after)
    return membership


def create_user(email, *, name="", password=None, language=""):
    """A person who can sign in; without a password only after setting one by mail."""
    return User.objects.create_user(
        email=email, password=password, name=name, language=language
    )


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


@transaction.atomic
def change_member(membership, *, by, role=None, is_active=None):
    """Change a member's role or let them go. Raises `LastAdmin` for the last admin."""
    # Locks every admin of the workspace, so that two cannot leave at once.
    admins = list(
        Membership.objects.select_for_update()
        .filter(tenant_id=membership.tenant_id, role=Role.ADMIN, is_active=True)
        .values_list("pk", flat=True)
    )
    before = _standing(membership)
    membership.role = membership.role if role is None else role
    membership.is_active = membership.is_active if is_active is None else is_active
    remains = membership.role == Role.ADMIN and membership.is_active
    if admins == [membership.pk] and not remains:
        raise LastAdmin
    membership.save()
    after = _standing(membership)
    if before != after:
        record_audit("member.changed", membership, by=by, before=before, after=after)


def _standing(membership):
    return {"role": membership.role, "is_active": membership.is_active}
