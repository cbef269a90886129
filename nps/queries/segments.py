"""To whom a survey goes by hand."""

from django.db.models import Q, QuerySet

from accounts.models import Account, Contact
from nps.models import Survey

# Columns of accounts that a segment may name, by the name it has there.
BY = {
    "tiers": "tier__in",
    "owners": "owner__in",
    "bands": "band__in",
    "segments": "segment__in",
}
# More names than these are not offered in a form.
SEGMENTS = 100


def people_of(segment: dict) -> QuerySet:
    """The contacts a segment names, of accounts served now; whatever a survey says."""
    accounts = Account.objects.current()
    for name, lookup in BY.items():
        if segment.get(name):
            accounts = accounts.filter(**{lookup: segment[name]})
    people = Contact.objects.filter(account__in=accounts)
    if segment.get("roles"):
        people = people.filter(roles__overlap=sorted(segment["roles"]))
    if segment.get("contacts"):
        people = people.filter(external_id__in=segment["contacts"])
    return people


def contacts_of(survey: Survey, segment: dict) -> QuerySet:
    """Those of them whom the survey is for, and who have an address."""
    wanted = ~Q(email="")
    if survey.roles:
        wanted &= Q(roles__overlap=sorted(survey.roles))
    if survey.tiers:
        wanted &= Q(account__tier__in=survey.tiers)
    return people_of(segment).filter(wanted)


def segments() -> list[str]:
    """What the accounts served now call their segments."""
    named = Account.objects.current().exclude(segment="").order_by("segment")
    return list(named.values_list("segment", flat=True).distinct()[:SEGMENTS])
