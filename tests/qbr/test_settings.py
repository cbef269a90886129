"""How a workspace sets its reviews, and its product news."""

from datetime import date

import pytest

from qbr.figures.sections import TITLES
from qbr.models import Cadence, FeatureNews, PlanningRule, ReviewTemplate
from qbr.queries.planning import Cadences, agenda_for, cadences
from qbr.queries.reports import beginning
from qbr.services import reporting
from tenants.models import AuditEntry
from tests.factories.accounts import AccountFactory
from tests.factories.qbr import review_of

URL, NEWS = "/t/acme/settings/reviews/", "/t/acme/settings/feature-news/"


def test_cadences_and_the_rule_are_kept_and_in_the_audit(ops_client, ops, in_tenant):
    form = {"is_on": "on", "renewal_days": "120", "high": "60", "mid": "", "tech": ""}

    saved = ops_client.post(URL, form)

    entry = AuditEntry.objects.get(action="review_planning.set")
    assert saved.status_code == 302
    assert cadences() == Cadences({"high": 60, "mid": None, "tech": None}, {})
    assert (PlanningRule.objects.get().renewal_days, entry.by) == (120, ops)


def test_a_segment_has_its_own_cadence_until_it_is_emptied(ops_client, in_tenant):
    AccountFactory(segment="Enterprise")
    AccountFactory(segment="")
    form = {"renewal_days": "90", "high": "90", "mid": "180", "tech": ""}

    ops_client.post(URL, form | {"segment_0": "60"})
    own = cadences()
    ops_client.post(URL, form | {"segment_0": ""})

    assert (own.by_segment, cadences().by_segment) == ({"Enterprise": 60}, {})
    assert [own.of("high", "Enterprise"), own.of("high", "Other")] == [60, 90]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"renewal_days": "89"}, "renewal_days"), ({"high": "30"}, "high")],
)
def test_less_than_three_months_or_a_month_is_refused(
    changes, field, ops_client, in_tenant
):
    form = {"renewal_days": "90", "high": "90", "mid": "180", "tech": ""}

    response = ops_client.post(URL, form | changes)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Cadence.objects.count() == 0


def test_a_tier_has_its_own_agenda_until_it_is_forgotten(ops_client, in_tenant):
    rows = {"tier": "high", "key": [""], "title": ["Only this"], "minutes": ["20"]}

    ops_client.post(f"{URL}agenda/", rows)
    own = [part.name for part in agenda_for("high")]
    review = review_of(AccountFactory(tier="high"), due_on=date(2026, 10, 12))
    ops_client.post(f"{URL}agenda/", {"tier": "high", "do": "forget"})

    assert (own, len(agenda_for("high"))) == (["Only this"], 4)
    assert [part["title"] for part in review.agenda] == ["Only this"]
    assert ReviewTemplate.objects.count() == 0


def test_an_agenda_that_makes_no_sense_is_not_kept(ops_client, in_tenant):
    ops_client.post(
        f"{URL}agenda/", {"tier": "", "key": [""], "title": ["A"], "minutes": ["0"]}
    )

    assert ReviewTemplate.objects.count() == 0


def test_news_is_written_put_right_and_taken_away(lead_client, in_tenant):
    form = {"title": "Roles", "released_on": "2026-10-01", "feature": "deals"}

    lead_client.post(NEWS, form)
    news = FeatureNews.objects.get()
    lead_client.post(f"{NEWS}{news.pk}/", form | {"title": "Roles and rights"})
    wrong = lead_client.post(f"{NEWS}{news.pk}/", form | {"title": ""})
    news.refresh_from_db()
    lead_client.post(f"{NEWS}{news.pk}/removal/")

    assert (news.title, wrong.status_code) == ("Roles and rights", 422)
    assert FeatureNews.objects.count() == 0


@pytest.mark.parametrize("path", [URL, NEWS])
def test_who_sets_nothing_finds_nothing(path, csm_client, viewer_client, in_tenant):
    assert [csm_client.get(path).status_code, viewer_client.get(path).status_code] == [
        404,
        404,
    ]


REPORT = f"{URL}report/"


def test_reports_begin_with_the_sections_the_workspace_chose(
    ops_client, ops, in_tenant
):
    on = {f"on_{key}": "on" for key in TITLES if key not in ("news", "health")}
    before = review_of(AccountFactory(tier="high"))
    old = reporting.draft_report(before, by=ops, on=before.day)

    ops_client.post(REPORT, on | {"going": ""})
    moved = ops_client.post(REPORT, on | {"going": "plan:-1"})
    review = review_of(AccountFactory(tier="tech"))
    new = reporting.draft_report(review, by=ops, on=review.day)

    keys = [one["key"] for one in new.sections]
    off = [one["key"] for one in new.sections if not one["is_on"]]
    assert (moved.status_code, moved.url) == (302, f"{REPORT}#section-plan")
    assert (keys.index("plan"), off) == (
        list(TITLES).index("plan") - 1,
        ["health", "news"],
    )
    assert [one["is_on"] for one in old.sections] == [True] * len(TITLES)
    assert AuditEntry.objects.filter(action="review_template.set").count() == 2


def test_an_agenda_that_is_forgotten_leaves_the_sections_of_reports(
    ops_client, in_tenant
):
    rows = {"tier": "", "key": [""], "title": ["Only this"], "minutes": ["20"]}

    ops_client.post(REPORT, {"on_plan": "on", "going": ""})
    ops_client.post(f"{URL}agenda/", rows)
    own = [part.name for part in agenda_for("high")]
    ops_client.post(f"{URL}agenda/", {"tier": "", "do": "forget"})

    assert (own, len(agenda_for("high"))) == (["Only this"], 4)
    assert [one["key"] for one in beginning() if one["is_on"]] == ["plan"]


def test_leads_choose_them_and_csms_and_strangers_do_not(
    lead_client, csm_client, stranger_client, in_tenant
):
    answers = [
        client.post(REPORT, {"on_plan": "on", "going": ""}).status_code
        for client in (lead_client, csm_client, stranger_client)
    ]

    assert answers == [302, 404, 404]
    assert ReviewTemplate.objects.count() == 1
