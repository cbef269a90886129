"""Where what we hand out leads: whole addresses, from wherever they are written."""

from django.conf import settings
from django.urls import get_resolver

from nps.tokens import Named, Purpose, token_of


def address(name: str, *args) -> str:
    """An address of the site itself, also when it is written inside a workspace."""
    path = get_resolver(settings.ROOT_URLCONF).reverse(name, *args)
    return f"{settings.SITE_URL}/{path}"


def ask_address(invitation) -> str:
    return address("survey", token_of(Purpose.ASK, _named(invitation)))


def kiosk_address(survey) -> str:
    return address("kiosk", token_of(Purpose.KIOSK, _of_survey(survey)))


def snippet_address(survey) -> str:
    return address("snippet", token_of(Purpose.SNIPPET, _of_survey(survey)))


def _named(invitation):
    return Named(invitation.tenant_id, invitation.pk, invitation.serial)


def _of_survey(survey):
    return Named(survey.tenant_id, survey.pk, survey.link_serial)
