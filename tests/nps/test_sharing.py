"""Links that people hand on: who may, to whom, and that they lead where they say."""

import re

import pytest
from django.test import Client

from nps.models import Invitation, Survey
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.nps import SurveyFactory

pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture
def survey(tenant, settings):
    settings.SITE_URL = "https://cs.example.com"
    with tenant_scope(tenant.pk):
        return SurveyFactory(origins=["https://app.acme.example"])


def page_of(survey, what="sharing/"):
    return f"/t/acme/surveys/{survey.pk}/{what}"


def shown(response, name):
    found = re.search(rf'<code id="{name}">([^<]+)</code>', response.content.decode())
    return found and found[1]


def path(address):
    assert address.startswith("https://cs.example.com/")
    return address.removeprefix("https://cs.example.com")


def test_each_link_leads_to_its_page(csm_client, survey):
    page = csm_client.get(page_of(survey))

    kiosk = path(shown(page, "kiosk"))
    snippet = path(re.search(r"https://[^&]+\.js", shown(page, "snippet"))[0])
    assert b"How likely are you" in Client().get(kiosk).content
    assert b"currentScript" in Client().get(snippet).content


def test_a_link_for_one_person_is_theirs_and_the_same_all_day(
    tenant, csm_client, survey
):
    with tenant_scope(tenant.pk):
        anna = ContactFactory(email="Anna@customer.example", account__language="ru")

    answers = [
        csm_client.post(page_of(survey, "links/"), {"email": "anna@CUSTOMER.example"})
        for _ in range(2)
    ]

    links = {shown(answer, "link") for answer in answers}
    page = Client().get(path(links.pop()))
    assert (links, "Насколько вероятно" in page.content.decode()) == (set(), True)
    with tenant_scope(tenant.pk):
        row = Invitation.objects.get()
        assert (row.contact, row.reason, row.state) == (anna, "link", "sent")
        assert AuditEntry.objects.filter(action="survey.link_made").count() == 1


def test_a_link_is_made_only_for_contacts_one_may_see(tenant, csm_client, survey):
    tenant.is_portfolio_closed = True
    tenant.save()
    with tenant_scope(tenant.pk):
        ContactFactory(email="boris@customer.example", account=AccountFactory())

    answer = csm_client.post(
        page_of(survey, "links/"), {"email": "boris@customer.example"}
    )

    assert (answer.status_code, shown(answer, "link")) == (422, None)
    with tenant_scope(tenant.pk):
        assert Invitation.objects.count() == 0


def test_links_are_replaced(tenant, ops_client, survey):
    before = path(shown(ops_client.get(page_of(survey)), "kiosk"))

    ops_client.post(page_of(survey, "links/replacement/"))

    after = path(shown(ops_client.get(page_of(survey)), "kiosk"))
    assert [Client().get(one).status_code for one in (before, after)] == [404, 200]
    with tenant_scope(tenant.pk):
        assert AuditEntry.objects.filter(action="survey.links_replaced").count() == 1


def test_the_secret_is_shown_to_who_configures(ops_client, survey):
    before = shown(ops_client.get(page_of(survey)), "secret")

    secrets = {
        shown(ops_client.post(page_of(survey, "secret/")), "secret") for _ in range(2)
    }

    assert (before, len(secrets), len(secrets.pop())) == (None, 1, 64)


@pytest.mark.parametrize("what", ["links/replacement/", "secret/"])
def test_who_talks_to_customers_configures_nothing(tenant, csm_client, survey, what):
    assert csm_client.post(page_of(survey, what)).status_code == 404
    with tenant_scope(tenant.pk):
        assert Survey.objects.get().link_serial == 1


def test_neither_a_viewer_nor_a_stranger_hands_on_links(
    viewer_client, stranger_client, survey
):
    answers = [
        client.get(page_of(survey)).status_code
        for client in (viewer_client, stranger_client)
    ]

    assert answers == [404, 404]
