"""A person's calendar: what they may see now, read back as a calendar program does."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from accounts.models import Account, Contract
from accounts.services import ACCOUNTS, save_item
from renewals import services
from renewals.ical import Entry, calendar_text
from renewals.models import CalendarFeed, Renewal
from tenants.models import AuditEntry, Credential, Membership, Role, Tenant, User
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory

END = date(2126, 12, 31)
PAGE = "/t/acme/settings/calendar-feed/"
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


def address_of(user):
    _feed, secret = services.make_feed(user)
    return f"/calendar/{secret}.ics"


def read(address):
    """The entries by the last word of their key, and the answer."""
    answer = Client().get(address)
    calendar = Calendar.from_ical(answer.content)
    events = {
        event["UID"].partition("@")[0].rpartition("-")[2]: event
        for event in calendar.walk("VEVENT")
    }
    return events, calendar, answer


def names(address):
    events = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
    return sorted(str(event["SUMMARY"]) for event in events)


def test_a_renewal_is_three_days_in_the_calendar(in_tenant, csm, settings):
    settings.SITE_URL = "https://cs.example.com"
    renewal = renewal_of(ends_on=END, owner=csm, name="Acme, Inc.; ü", notice_days=30)
    Renewal.objects.update(next_step="Call\nthem", next_step_on=date(2126, 10, 1))

    events, calendar, answer = read(address_of(csm))

    assert {name: event["DTSTART"].dt for name, event in events.items()} == {
        "decision": date(2126, 12, 1),
        "end": END,
        "step": date(2126, 10, 1),
    }
    decision = events["decision"]
    assert decision["DTEND"].dt == date(2126, 12, 2)
    assert decision["DTSTART"].params["VALUE"] == "DATE"
    assert str(decision["SUMMARY"]) == "Decide on the renewal: Acme, Inc.; ü"
    assert (
        "To be decided by 1 Dec 2126; ends on 31 Dec 2126." in decision["DESCRIPTION"]
    )
    assert decision["UID"] == f"renewal-{renewal.pk}-decision@cs.example.com"
    assert decision["URL"] == (f"https://cs.example.com/t/acme/renewals/{renewal.pk}/")
    assert str(calendar["X-WR-CALNAME"]) == "Renewals: Acme"
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "text/calendar; charset=utf-8",
        "private, no-store",
    )


def test_without_a_notice_decision_and_end_are_one_entry(in_tenant, csm):
    renewal_of(ends_on=END, owner=csm)

    assert list(read(address_of(csm))[0]) == ["decision"]


def test_a_change_keeps_the_key_and_counts_up(in_tenant, csm):
    renewal_of(ends_on=END, owner=csm)
    address = address_of(csm)
    Renewal.objects.update(created_at=AT)
    before = read(address)[0]["decision"]

    Contract.objects.update(ends_on=END + timedelta(days=20))
    services.sync_renewals(on=date(2126, 5, 1))
    after = read(address)[0]["decision"]

    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt == END + timedelta(days=20)
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt
    assert after["SEQUENCE"] >= before["SEQUENCE"] > 0


def test_the_same_entries_make_the_same_file_and_changes_another_number():
    def text(changed_at, **fields):
        entry = {
            "key": "one",
            "day": END,
            "summary": "s",
            "description": "d",
            "url": "https://x.example/",
            "created_at": AT,
            "changed_at": changed_at,
        }
        return calendar_text(
            "n", zone="UTC", host="h", entries=[Entry(**entry | fields)]
        )

    later = Calendar.from_ical(text(AT + timedelta(minutes=2))).walk("VEVENT")[0]

    assert text(AT) == text(AT)
    assert (later["SEQUENCE"], later["LAST-MODIFIED"].dt) == (
        120,
        AT + timedelta(minutes=2),
    )
    # No line is longer than 75 octets, whatever is in it.
    long = text(AT, summary="ж" * 300)
    assert max(len(line) for line in long.split(b"\r\n")) <= 75


def test_a_lead_reads_the_teams_a_csm_the_own(in_tenant, tenant, csm, lead, admin):
    above = Membership.objects.get(tenant=tenant, user=lead)
    Membership.objects.filter(tenant=tenant, user=csm).update(reports_to=above)
    other = MembershipFactory(tenant=tenant).user
    for owner, name in ((csm, "Of csm"), (lead, "Of lead"), (other, "Of another")):
        renewal_of(ends_on=END, owner=owner, name=name)

    found = {user: names(address_of(user)) for user in (csm, lead, admin)}

    assert found == {
        csm: ["Decide on the renewal: Of csm"],
        lead: ["Decide on the renewal: Of csm", "Decide on the renewal: Of lead"],
        admin: [],
    }


def test_what_is_decided_stopped_or_archived_is_gone(in_tenant, csm):
    address = address_of(csm)
    for name in ("Decided", "Stopped", "Archived", "Open"):
        renewal_of(ends_on=END, owner=csm, name=name)
    decided = Renewal.objects.get(account__name="Decided")
    services.close_renewal(decided, result="renewed", amount=1, by=csm, on=END)
    Contract.objects.filter(account__name="Stopped").update(ends_on=None)
    services.sync_renewals(on=date(2126, 5, 1))
    Account.objects.filter(name="Archived").update(archived_at=AT)

    assert names(address) == ["Decide on the renewal: Open"]


def test_a_portfolio_that_closes_hides_the_accounts_of_others(in_tenant, csm, lead):
    renewal = renewal_of(ends_on=END, owner=lead)
    Renewal.objects.filter(pk=renewal.pk).update(owner=csm, is_owner_chosen=True)
    address = address_of(csm)
    open_one = names(address)

    Tenant.objects.filter(pk=in_tenant.pk).update(is_portfolio_closed=True)

    assert (len(open_one), names(address)) == (1, [])


def gone(address):
    answer = Client().get(address)
    never = Client().get("/calendar/never-was.ics")
    same = strip(answer, address) == strip(never, "/calendar/never-was.ics")
    return answer.status_code, same


def strip(answer, path):

    body = re.sub(r'(nonce="|value="|Token": ")[^"]*"', "", answer.content.decode())
    return body.replace(path, "")


@pytest.mark.parametrize("why", ["revoked", "replaced", "left", "inactive", "viewer"])
def test_an_address_ends_and_answers_as_one_that_never_was(in_tenant, csm, why):
    renewal_of(ends_on=END, owner=csm)
    address = address_of(csm)
    here = Membership.objects.filter(tenant=in_tenant, user=csm)
    there = Client().get(address).status_code

    if why == "revoked":
        services.revoke_feed(csm)
    elif why == "replaced":
        address_of(csm)
    elif why == "left":
        here.update(is_active=False)
    elif why == "inactive":
        User.objects.filter(pk=csm.pk).update(is_active=False)
    else:
        here.update(role=Role.VIEWER)

    assert (there, gone(address)) == (200, (404, True))


def test_the_secret_opens_nothing_else(in_tenant, csm):
    renewal_of(ends_on=END, owner=csm)
    secret = address_of(csm).removeprefix("/calendar/").removesuffix(".ics")
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    answers = {
        "api": client.get("/api/v1/renewals/").status_code,
        "usage": client.post("/v1/batch", "{}", "application/json").status_code,
        "page": client.get("/t/acme/renewals/").status_code,
        "post": Client().post(f"/calendar/{secret}.ics").status_code,
        "key": Client().get(f"/calendar/{secret}x.ics").status_code,
    }

    assert answers == {"api": 401, "usage": 401, "page": 302, "post": 405, "key": 404}


def test_another_kind_of_key_opens_no_calendar(in_tenant, csm):
    _key, secret = create_api_key(name="reader")

    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_the_secret_is_kept_only_as_a_digest(in_tenant, csm):
    address = address_of(csm)
    secret = address.removeprefix("/calendar/").removesuffix(".ics")

    kept = str(list(CalendarFeed.objects.values())) + str(
        list(Credential.objects.values()) + list(AuditEntry.objects.values())
    )

    assert secret not in kept
    assert AuditEntry.objects.filter(action="calendar_feed.made").count() == 1


def test_who_asks_too_often_waits(in_tenant, csm, settings):
    settings.CALENDAR_RATE = "3/minute"
    renewal_of(ends_on=END, owner=csm)
    address = address_of(csm)

    own = [Client().get(address).status_code for _ in range(4)]
    guesses = [Client().get(f"/calendar/g{n}.ics").status_code for n in range(4)]
    waited = Client().get(address)

    assert (own, guesses) == ([200] * 3 + [429], [404] * 3 + [429])
    assert int(waited["Retry-After"]) > 0


@pytest.mark.parametrize("renewals", [1, 3])
def test_the_feed_query_count(in_tenant, csm, renewals, django_assert_num_queries):
    for number in range(renewals):
        renewal_of(ends_on=END, owner=csm, name=f"A{number}")
    address = address_of(csm)
    Client().get(address)

    with django_assert_num_queries(10):
        Client().get(address)


def test_days_are_days_wherever_the_workspace_is(in_tenant, csm):
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone="Pacific/Kiritimati")
    renewal_of(ends_on=END, owner=csm)

    events, calendar, _ = read(address_of(csm))

    assert events["decision"]["DTSTART"].dt == END
    assert ZoneInfo(str(calendar["X-WR-TIMEZONE"])).key == "Pacific/Kiritimati"


def test_a_person_makes_replaces_and_refuses_the_address(csm_client, csm, in_tenant):
    first = csm_client.post(PAGE + "new/").content.decode()
    again = csm_client.get(PAGE).content.decode()
    second = csm_client.post(PAGE + "new/").content.decode()
    csm_client.post(PAGE + "revocation/")

    assert ("/calendar/" in first, "/calendar/" in second) == (True, True)
    assert ".ics" not in again
    assert CalendarFeed.objects.open().count() == 0
    assert CalendarFeed.objects.count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [("csm", 200), ("lead", 200), ("ops", 200), ("viewer", 404), ("stranger", 404)],
)
def test_who_may_have_an_address(request, sign_in, tenant, who, status):
    client = sign_in(request.getfixturevalue(who))

    answers = [client.get(PAGE), client.post(PAGE + "new/")]

    assert [answer.status_code for answer in answers] == [status, status]


def test_the_calendar_of_one_workspace_shows_nothing_of_another(
    tenant, other_tenant, csm
):
    MembershipFactory(tenant=other_tenant, user=csm)
    with tenant_scope(other_tenant.pk):
        renewal_of(ends_on=END, owner=csm, name="Theirs")
    with tenant_scope(tenant.pk):
        renewal_of(ends_on=END, owner=csm, name="Ours")
        save_item(ACCOUNTS, {"external_id": "x", "name": "x"})
        address = address_of(csm)

    assert names(address) == ["Decide on the renewal: Ours"]
