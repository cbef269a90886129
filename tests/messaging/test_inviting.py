import re

from django.core import mail

from messaging.models import Message
from messaging.services import deliver
from messaging.services.inviting import mail_invitations
from tenants.models import Role
from tenants.services import invite


def test_an_invitation_is_mailed_once_with_a_link_that_works(
    in_tenant, admin, visitor_client
):
    invite(email="ada@example.com", role=Role.CSM, by=admin)

    deliver(in_tenant.pk, seconds=1)
    deliver(in_tenant.pk, seconds=1)

    (letter,) = mail.outbox
    assert letter.to == ["ada@example.com"]
    link = re.search(r"http://[^/]+(/invitations/\S+/)", letter.body)[1]
    assert visitor_client.get(link).status_code == 200
    assert link in letter.alternatives[0].content


def test_a_withdrawn_invitation_is_not_mailed(in_tenant, admin):
    invite(email="ada@example.com", role=Role.CSM, by=admin)
    second = invite(email="ada@example.com", role=Role.LEAD, by=admin)

    mail_invitations()

    assert list(Message.objects.values_list("unique_key", flat=True)) == [
        f"invitation:{second.pk}"
    ]
