"""To whom a link is made."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact


class LinkForm(forms.Form):
    """A contact, named by the address they have with us."""

    email = forms.EmailField(label=_("E-mail of the contact"), max_length=254)

    def __init__(self, *args, accounts, **kwargs):
        super().__init__(*args, **kwargs)
        self.accounts = accounts

    def clean_email(self):
        contact = (
            Contact.objects.filter(
                email__iexact=self.cleaned_data["email"], account__in=self.accounts
            )
            .select_related("account")
            .order_by("pk")
            .first()
        )
        if contact is None:
            raise forms.ValidationError(_("No contact has this e-mail."))
        self.contact = contact
        return contact.email
