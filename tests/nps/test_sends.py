"""Who of a segment would be asked, before a person sends."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.models import Contact
from nps import services
from nps.models import Invitation, Survey, SurveySend
from nps.services import switching
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.nps import InvitationFactory, SurveyFactory

URL = "/t/acme/surveys/"
# A Monday at ten.
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


@time_machine.travel(NOW, tick=False)
def test_who_sends_is_told_who_of_a_segment_would_be_asked_and_why_others_not(
    lead_client, tenant
):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(starts_after_days=[], roles=["champion"], wait_days=90)
        champion = {"roles": ["champion"]}
        account = AccountFactory(segment="Banks", tier="high")
        asked = ContactFactory(account=account, **champion)
        ContactFactory(account=AccountFactory(segment="Shops"), **champion)
        ContactFactory(account=account, roles=["user"])
        ContactFactory(account=account, email="", **champion)
        left = ContactFactory(account=account, **champion)
        services.stop_asking(left.email, reason="unsubscribed")
        # 80 days ago: in ten days, before it is too late, it is long enough.
        soon = ContactFactory(account=account, **champion)
        InvitationFactory(contact=soon, sent_at=datetime(2026, 2, 13, tzinfo=UTC))
        late = ContactFactory(account=account, **champion)
        InvitationFactory(contact=late, sent_at=datetime(2026, 5, 1, tzinfo=UTC))

    page = lead_client.get(
        f"{URL}{survey.pk}/sends/", {"segments": "Banks", "starts_on": "2026-05-04"}
    )

    told = page.context
    assert {one.contact for one in told["asked"]} == {asked, soon}
    assert (told["asked_total"], told["waiting"], told["others_total"]) == (2, 1, 4)
    assert dict(told["reasons"]) == {
        "Has another role": 1,
        "No e-mail is known": 1,
        "Wants no surveys, or mail came back": 1,
        "Was asked one of this kind not long ago": 1,
    }


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("people", [1, 3])
def test_looking_costs_the_same_for_one_and_for_three_and_sends_nothing(
    lead_client, tenant, people, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory()
        for _ in range(people):
            ContactFactory()
            services.stop_asking(ContactFactory().email, reason="unsubscribed")
    url = f"{URL}{survey.pk}/sends/?starts_on=2026-05-04"
    lead_client.get(url)

    with django_assert_num_queries(25):
        page = lead_client.get(url)

    with tenant_scope(tenant.pk):
        assert Invitation.objects.count() == 0
    assert (page.context["asked_total"], page.context["others_total"]) == (
        people,
        people,
    )


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("of_ours", [0, 1])
def test_a_segment_of_another_workspace_is_none_of_ours(
    lead_client, tenant, other_tenant, of_ours
):
    with tenant_scope(other_tenant.pk):
        ContactFactory(account__segment="Theirs")
    with tenant_scope(tenant.pk):
        survey = SurveyFactory()
        ContactFactory(account__segment="Ours" * of_ours)
    url = f"{URL}{survey.pk}/sends/"
    said = {"segments": "Theirs", "starts_on": "2026-05-04"}

    looked, sent = lead_client.get(url, said), lead_client.post(url, said)

    offered = [value for value, _ in looked.context["form"].fields["segments"].choices]
    assert offered == ["Ours"] * of_ours
    assert [looked.status_code, sent.status_code] == [422, 422]
    assert list(sent.context["form"].errors) == ["segments"]
    with tenant_scope(tenant.pk):
        assert Invitation.objects.count() == 0


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("page", ["week/?survey={}", "{}/sends/?starts_on=2026-05-04"])
def test_of_many_people_those_shown_are_read(lead_client, tenant, monkeypatch, page):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(starts_after_days=[30], spread_days=1)
        for _ in range(3):
            since = date(2026, 4, 4)
            ContactFactory(account__customer_since=since)
            left = ContactFactory(account__customer_since=since)
            services.stop_asking(left.email, reason="unsubscribed")
    read, from_db = [], Contact.from_db

    def counted(*args):
        read.append(args)
        return from_db(*args)

    monkeypatch.setattr(Contact, "from_db", staticmethod(counted))
    monkeypatch.setattr("nps.views.ahead.ROWS", 1)

    told = lead_client.get(URL + page.format(survey.pk)).context

    assert (told["asked_total"], told["others_total"]) == (3, 3)
    assert [len(told["asked"]), len(told["others"]), len(read)] == [1, 1, 2]


def test_a_survey_that_is_switched_off_meanwhile_goes_to_nobody(in_tenant, monkeypatch):
    survey, planned = SurveyFactory(), switching._planned
    ContactFactory()

    def planned_and_off(*args):
        found = planned(*args)
        Survey.objects.update(state="off")
        return found

    monkeypatch.setattr(switching, "_planned", planned_and_off)

    with pytest.raises(services.NotOn):
        services.send_survey(survey, segment={}, starts_on=NOW.date(), by=None)

    assert [one.objects.count() for one in (Invitation, SurveySend)] == [0, 0]
