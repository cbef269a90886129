"""Notices, what one is told, and what could not be delivered."""

import pytest

from messaging.models import Message, Preference
from messaging.services import announce
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope


def tell(tenant, to, key="fact", **fields):
    defaults = {"kind": "renewal.urgent", "subject": "Decide", "path": "/renewals/"}
    with tenant_scope(tenant.pk):
        announce(to=to, unique_key=key, **defaults | fields)


def dead(tenant, to, number=1):
    for n in range(number):
        tell(tenant, to, key=f"dead:{n}")
    with tenant_scope(tenant.pk):
        mails = Message.objects.filter(channel="email")
        mails.update(state="dead", error="550 unknown", attempts=5)
        return list(mails)


@pytest.mark.parametrize("number", [1, 3])
def test_notice_list_query_count(
    csm_client, csm, tenant, number, django_assert_num_queries
):
    for n in range(number):
        tell(tenant, csm, key=str(n))

    with django_assert_num_queries(12):
        response = csm_client.get("/t/acme/notices/")

    assert len(response.context["rows"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_dead_letter_list_query_count(
    admin_client, csm, tenant, number, django_assert_num_queries
):
    dead(tenant, csm, number)

    with django_assert_num_queries(12):
        response = admin_client.get("/t/acme/settings/undelivered/")

    assert len(response.context["rows"]) == number


def test_a_notice_is_read_and_leads_to_what_it_tells_of(csm_client, csm, tenant):
    tell(tenant, csm)
    with tenant_scope(tenant.pk):
        notice = Message.objects.get(channel="in_app")

    response = csm_client.post(f"/t/acme/notices/{notice.pk}/")

    assert response.url == "/t/acme/renewals/"
    unread = csm_client.get("/t/acme/notices/?unread=1").context["rows"]
    assert (unread, len(csm_client.get("/t/acme/notices/").context["rows"])) == ([], 1)


def test_all_notices_are_read_at_once_but_only_ones_own(csm_client, csm, lead, tenant):
    tell(tenant, [csm, lead])

    csm_client.post("/t/acme/notices/reading/")

    with tenant_scope(tenant.pk):
        unread = Message.objects.filter(channel="in_app", read_at=None)
        assert list(unread.values_list("recipient", flat=True)) == [lead.pk]


def test_another_persons_notice_is_404(csm_client, lead, stranger_client, tenant):
    tell(tenant, lead)
    with tenant_scope(tenant.pk):
        notice = Message.objects.get(channel="in_app")

    answers = [
        csm_client.post(f"/t/acme/notices/{notice.pk}/").status_code,
        stranger_client.post(f"/t/globex/notices/{notice.pk}/").status_code,
        stranger_client.get("/t/acme/notices/").status_code,
    ]

    assert answers == [404, 404, 404]
    with tenant_scope(tenant.pk):
        assert Message.objects.get(channel="in_app").read_at is None


def test_a_person_chooses_what_to_be_told(csm_client, csm, tenant):
    csm_client.post(
        "/t/acme/settings/notifications/",
        {"renewal-in_app": "on", "health-in_app": "on", "health-email": "on"},
    )
    tell(tenant, csm)

    with tenant_scope(tenant.pk):
        assert list(Message.objects.values_list("channel", flat=True)) == ["in_app"]
        wanted = Preference.objects.filter(is_wanted=True).order_by("kind", "channel")
        assert list(wanted.values_list("kind", "channel")) == [
            ("health", "email"),
            ("health", "in_app"),
            ("renewal", "in_app"),
        ]


def test_choosing_twice_keeps_the_last_choice(csm_client, csm, tenant):
    for ticked in ({}, {"renewal-email": "on"}):
        csm_client.post("/t/acme/settings/notifications/", ticked)

    with tenant_scope(tenant.pk):
        wanted = Preference.objects.filter(is_wanted=True)
        assert list(wanted.values_list("kind", "channel")) == [("renewal", "email")]


def test_an_admin_sends_a_dead_letter_again(admin_client, admin, csm, tenant):
    (mail,) = dead(tenant, csm)

    admin_client.post(f"/t/acme/settings/undelivered/{mail.pk}/retry/")

    with tenant_scope(tenant.pk):
        again = Message.objects.get(pk=mail.pk)
        assert (again.state, again.attempts) == ("waiting", 0)
        assert AuditEntry.objects.get(action="message.retried").by_id == admin.pk


def test_only_ops_and_admins_see_dead_letters(
    csm_client, lead_client, ops_client, stranger_client, csm, tenant
):
    (mail,) = dead(tenant, csm)
    retry = f"settings/undelivered/{mail.pk}/retry/"

    assert ops_client.get("/t/acme/settings/undelivered/").status_code == 200
    answers = {
        csm_client.get("/t/acme/settings/undelivered/").status_code,
        lead_client.post(f"/t/acme/{retry}").status_code,
        stranger_client.post(f"/t/acme/{retry}").status_code,
        stranger_client.post(f"/t/globex/{retry}").status_code,
    }
    assert answers == {404}
    with tenant_scope(tenant.pk):
        assert Message.objects.get(pk=mail.pk).state == "dead"
