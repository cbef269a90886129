"""How programs name people and accounts: by e-mail and external id."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.models import Account, Contact
from tenants.queries import members


def account_of(external_id):
    rows = Account.objects.filter(external_id=external_id, archived_at=None)
    account = rows.select_related("owner").first()
    if account is None:
        raise ValidationError({"account": [_("There is no such account.")]})
    return account


def member_of(tenant, email, field="owner"):
    """The person of that address, or None for none."""
    if not email:
        return None
    member = members(tenant.pk).filter(user__email__iexact=email).first()
    if member is None:
        raise ValidationError({field: [_("No member has this e-mail.")]})
    return member.user


def contact_of(account_id, external_id):
    if not external_id:
        return None
    rows = Contact.objects.filter(account=account_id, external_id=external_id)
    contact = rows.first()
    if contact is None:
        raise ValidationError({"contact": [_("The account has no such contact.")]})
    return contact


def said(serializer, request, **how):
    """What the body says, checked."""
    checked = serializer(data=request.data, **how)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)
