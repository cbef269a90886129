"""Write keys: who may write to which source, and how that begins and ends."""

import re
import secrets
import string
import time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from tenants.models import Credential
from tenants.queries import digest_of, tenant_of_credential
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit, register_credential
from usage.models import Source
from usage.services.ingest import Door

WRITE_KEY = re.compile(r"c[a-z0-9]{24}")
ALPHABET = string.ascii_lowercase + string.digits
# A revoked key is refused after a second at the latest, in every process.
REMEMBERED = 0.8  # seconds
MOST_REMEMBERED = 10_000

_known: dict[str, tuple[float, Door | None]] = {}


def door_of(write_key) -> Door | None:
    """What this write key opens, or None: unknown, revoked, or no key at all.

    Remembered for less than a second, so that a busy source costs two queries a second
    and not two a request.
    """
    if not isinstance(write_key, str) or not WRITE_KEY.fullmatch(write_key):
        return None
    now = time.monotonic()
    until, door = _known.get(write_key, (0.0, None))
    if until < now:
        door = _door(write_key)
        if len(_known) >= MOST_REMEMBERED:
            _known.clear()
        _known[write_key] = (now + REMEMBERED, door)
    return door


def forget_doors():
    """Look every key up afresh."""
    _known.clear()


@transaction.atomic
def create_source(*, name, by=None, key=None) -> Source:
    """Make a source for the tenant in scope, with a write key (`key`, or a new one).

    The key is also told to the global directory, so that it says whose it is. Raises
    ValidationError for a malformed or taken key and for a taken name.
    """
    key = key or new_write_key()
    if not WRITE_KEY.fullmatch(key):
        raise ValidationError(_("A write key is “c” and 24 of a-z and 0-9."))
    if Credential.objects.filter(digest=digest_of(key)).exists():
        raise ValidationError(_("This write key is taken."))
    source = Source(
        tenant_id=current_tenant_id(), name=name, write_key=key, created_by=by
    )
    source.full_clean(exclude=["created_by"])
    source.save()
    register_credential(key, Credential.Kind.SOURCE)
    record_audit("source.created", source, by=by, after={"name": name})
    forget_doors()
    return source


@transaction.atomic
def revoke_source(source, *, by):
    """Refuse its write key from now on; what it sent stays. Safe to repeat."""
    if source.revoked_at is not None:
        return
    source.revoked_at = clock.now()
    source.save(update_fields=["revoked_at"])
    Credential.objects.filter(digest=digest_of(source.write_key)).delete()
    record_audit("source.revoked", source, by=by)
    forget_doors()


def new_write_key() -> str:
    """25 characters: it is public, so it need not be longer."""
    return "c" + "".join(secrets.choice(ALPHABET) for _place in range(24))


def _door(write_key):
    tenant = tenant_of_credential(write_key, Credential.Kind.SOURCE)
    if tenant is None:
        return None
    with tenant_scope(tenant.pk):
        source = Source.objects.filter(write_key=write_key, revoked_at=None).first()
    if source is None:
        return None
    return Door.of(source)
