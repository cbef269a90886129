"""Invitations go out by mail: a fact of the floor below, claimed here."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from messaging.models import Channel, Message
from tenants.queries import unannounced_invitations
from tenants.services.invitations import token_of


@transaction.atomic
def mail_invitations(*, limit=50):
    """Put a mail with the link into the outbox for each invitation that has none yet.

    Claims them, so that any number may run at once; returns how many. Needs the scope.
    """
    claimed = unannounced_invitations().select_for_update(skip_locked=True)[:limit]
    for invitation in claimed:
        with translation.override(invitation.tenant.language):
            _write(invitation)
        invitation.announced_at = clock.now()
        invitation.save(update_fields=["announced_at"])
    return len(claimed)


def _write(invitation):
    context = {
        "who": invitation.invited_by or invitation.tenant.name,
        "workspace": invitation.tenant.name,
        "role": invitation.get_role_display(),
    }
    Message.objects.create(
        channel=Channel.EMAIL,
        unique_key=f"invitation:{invitation.pk}",
        kind=Message.INVITATION,
        address=invitation.email,
        subject=_("%(who)s invites you to %(workspace)s") % context,
        body=_(
            "You are invited as %(role)s. The link works for two weeks, once. If you"
            " do not expect this mail, do nothing."
        )
        % context,
        path=f"/invitations/{token_of(invitation)}/",
        next_attempt_at=clock.now(),
    )
