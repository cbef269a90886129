"""The addresses under which a survey can be answered without a mail."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import get_resolver

from nps.models import Kind, Survey
from nps.tokens import Named, Purpose, token_of


@dataclass(frozen=True)
class Links:
    """Where a kiosk begins, and where the script of the snippet is; "" for none."""

    kiosk: str
    snippet: str


def links_of(survey: Survey) -> Links | None:
    """None until the survey is on: before, nothing answers there."""
    if not survey.is_on:
        return None
    named = Named(survey.tenant_id, survey.pk, survey.link_serial)
    kiosk = _address("kiosk", token_of(Purpose.KIOSK, named))
    is_shown = survey.origins and survey.kind != Kind.FREE
    snippet = _address("snippet", token_of(Purpose.SNIPPET, named)) if is_shown else ""
    return Links(kiosk, snippet)


def _address(name, token):
    """Outside of workspaces, wherever the request is."""
    path = get_resolver(settings.ROOT_URLCONF).reverse(name, token)
    return f"{settings.SITE_URL}/{path}"
