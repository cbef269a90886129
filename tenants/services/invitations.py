from datetime import timedelta

from django.core import signing
from django.db import transaction

from cs_platform.lib import clock
from tenants.models import Invitation
from tenants.queries import open_invitation
from tenants.services.audit import record_audit
from tenants.services.members import add_member, create_user

SALT = "tenants.invitation"
VALID_FOR = timedelta(days=14)


@transaction.atomic
def invite(*, email, role, by):
    """Invite an address to the workspace in scope; an open invitation is replaced.

    Records the invitation and its audit entry; the caller has it delivered.
    """
    now = clock.now()
    open_ones = Invitation.objects.filter(
        email__iexact=email, accepted_at=None, revoked_at=None
    )
    open_ones.update(revoked_at=now)
    invitation = Invitation.objects.create(
        email=email.lower(), role=role, invited_by=by, expires_at=now + VALID_FOR
    )
    record_audit(
        "member.invited", invitation, by=by, after={"email": email, "role": role}
    )
    return invitation


@transaction.atomic
def revoke_invitation(invitation, *, by):
    """Make the link of an invitation worthless. Safe to repeat."""
    if invitation.revoked_at is None and invitation.accepted_at is None:
        invitation.revoked_at = clock.now()
        invitation.save(update_fields=["revoked_at"])
        record_audit("invitation.revoked", invitation, by=by)


def token_of(invitation) -> str:
    """The signed token of the link: names the workspace, so nothing global is asked."""
    return signing.dumps([invitation.tenant_id, str(invitation.pk)], salt=SALT)


def read_token(token) -> tuple[int, str] | None:
    """Workspace and invitation of a token; None for a forged or mangled one."""
    try:
        tenant_id, invitation_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return tenant_id, invitation_id


@transaction.atomic
def accept_invitation(invitation, *, user):
    """Make the person a member in the invited role; the invitation is used up.

    Returns the membership, or None when somebody was faster or the address differs.
    """
    invitation = open_invitation(invitation.pk, lock=True)
    if invitation is None or user.email.lower() != invitation.email.lower():
        return None
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    return add_member(
        invitation.tenant, user=user, role=invitation.role, by=invitation.invited_by
    )


@transaction.atomic
def join_as_new(invitation, *, name, password):
    """Create the invited person, whose address the link has proven, and let them in."""
    user = create_user(invitation.email, name=name, password=password)
    return user if accept_invitation(invitation, user=user) else None
