import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from cs_platform.lib.place import client_address


class AccountAdapter(DefaultAccountAdapter):
    """How allauth meets our people: no user names, one place to land."""

    def get_login_redirect_url(self, request):
        return settings.LOGIN_REDIRECT_URL

    def get_client_ip(self, request):
        """Tries to sign in are counted by it."""
        return client_address(request)

    def populate_username(self, request, user):
        """People have an address, no user name."""

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are of no use to who reads the database alone."""

    def encrypt(self, text):
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _safe().decrypt(encrypted_text.encode()).decode()


def _safe():
    """Locks with SECRET_KEY; opens also with those it was before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [
        hashlib.sha256(b"second factor:" + key.encode()).digest() for key in keys
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
