from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership, Role, User
from tenants.services.audit import record_audit


class LastAdmin(Exception):
    """The last admin of a workspace cannot leave the role or the workspace."""

    message = _("A workspace needs at least one admin: name another one first.")


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


@transaction.atomic
def create_user(email, *, name="", password=None, language=""):
    """A person who can sign in; without a password only after setting one by mail.

    The address counts as verified: an operator or an invitation vouches for it.
    """
    user = User.objects.create_user(
        email=email, password=password, name=name, language=language
    )
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


_KEEP = object()


@transaction.atomic
def change_member(membership, *, by, role=None, is_active=None, reports_to=_KEEP):
    """Change a member's role or lead, or let them go; audited.

    Raises `LastAdmin` for the last admin. What is not given stays.
    """
    # Locks every admin of the workspace, so that two cannot leave at once.
    admins = list(
        Membership.objects.select_for_update()
        .filter(tenant_id=membership.tenant_id, role=Role.ADMIN, is_active=True)
        .values_list("pk", flat=True)
    )
    before = _standing(membership)
    membership.role = membership.role if role is None else role
    membership.is_active = membership.is_active if is_active is None else is_active
    if reports_to is not _KEEP:
        membership.reports_to = reports_to
    remains = membership.role == Role.ADMIN and membership.is_active
    if admins == [membership.pk] and not remains:
        raise LastAdmin
    membership.save()
    after = _standing(membership)
    if before != after:
        record_audit("member.changed", membership, by=by, before=before, after=after)


def _standing(membership):
    lead = membership.reports_to
    return {
        "role": membership.role,
        "is_active": membership.is_active,
        "reports_to": lead and lead.user.email,
    }
