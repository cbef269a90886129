"""A report is drafted, worded, frozen; what was frozen stays."""

import copy
from decimal import Decimal

import pytest
import time_machine

from qbr.figures.sections import FIRST, TITLES, arranged
from qbr.models import Report, ReportFile
from qbr.queries import reports as queries
from qbr.services import making, reporting
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, TicketFactory
from tests.factories.health import use
from tests.factories.tenants import UserFactory
from tests.qbr.report_world import AT, END, ON, START, review_of


@pytest.fixture
def review(in_tenant):
    account = AccountFactory(owner=UserFactory())
    use(account, [START, START.replace(day=2)], users=("u-1", "u-2"))
    return review_of(account)


def value(report, key):
    return next(one["value"] for one in report.figures["figures"] if one["key"] == key)


def test_a_draft_is_made_once(review, csm):
    first = reporting.draft_report(review, by=csm, on=ON)
    second = reporting.draft_report(review, by=csm, on=ON)

    assert [first.pk, first.version] == [second.pk, 1]
    assert list(Report.objects.values_list("state", "asked_by")) == [
        ("waiting", csm.pk)
    ]


def test_words_choice_and_order_are_kept_and_stand_on_the_slides(review, csm):
    report = reporting.draft_report(review, by=csm, on=ON)
    sections = [one["key"] for one in report.sections]
    chosen = [
        {"key": "usage", "is_on": True, "words": "A fine quarter."},
        {"key": "health", "is_on": False, "words": ""},
    ]

    report = reporting.arrange_report(report, chosen, revision=1, by=csm)
    deck = queries.deck_of_report(report)

    assert [one["key"] for one in report.sections][:3] == [FIRST, "usage", "health"]
    assert sorted(one["key"] for one in report.sections) == sorted(sections)
    assert deck.slides[0].key == "usage"
    assert deck.slides[0].blocks[0].paragraphs == ("A fine quarter.",)
    assert "health" not in {slide.key for slide in deck.slides}


def test_who_saves_an_older_revision_is_told(review, csm):
    report = reporting.draft_report(review, by=csm, on=ON)
    reporting.arrange_report(report, [], revision=1, by=csm)

    with pytest.raises(reporting.StaleReport):
        reporting.arrange_report(report, ["usage"], revision=1, by=csm)

    assert Report.objects.get().sections == arranged([])


def test_figures_are_taken_anew_until_it_is_frozen(review, csm):
    report = reporting.draft_report(review, by=csm, on=ON)
    use(review.account, [START.replace(day=9)], users=("u-3",), feature="other")

    taken = reporting.take_figures(report, by=csm, on=ON)
    reporting.freeze_report(review, by=csm, on=ON)

    assert (value(report, "active_people"), value(taken, "active_people")) == ("2", "3")
    with pytest.raises(reporting.StaleReport):
        reporting.take_figures(report, by=csm, on=ON)


def test_a_frozen_report_stays_when_the_data_change_and_says_what_changed(review, csm):
    reporting.draft_report(review, by=csm, on=ON)
    reporting.freeze_report(review, by=csm, on=ON)
    making.make_reports(review.tenant_id, seconds=30)
    before = Report.objects.get()
    kept = copy.deepcopy(before.figures)
    files = dict(ReportFile.objects.values_list("kind", "content"))
    unchanged = queries.changed_since(before, on=ON)

    use(review.account, [START.replace(day=9)], users=("u-3",), feature="other")
    TicketFactory(account=review.account, opened_at=AT.replace(month=5))
    making.make_reports(review.tenant_id, seconds=30)
    after = Report.objects.get()

    assert unchanged == []
    assert after.figures == kept
    assert {
        k: bytes(v) for k, v in ReportFile.objects.values_list("kind", "content")
    } == {kind: bytes(content) for kind, content in files.items()}
    assert [
        (one["label"], one["was"], one["now"])
        for one in queries.changed_since(after, on=ON)
    ] == [
        ("Active people", "2", "3"),
        ("Time in the product", "20 min", "25 min"),
        ("Days in use", "2", "3"),
        ("Uses", "2", "3"),
        ("Features used", "1", "2"),
        ("Requests opened", "0", "1"),
        ("Still open", "0", "1"),
    ]


def test_freezing_keeps_the_figures_that_were_shown(review, csm):
    reporting.draft_report(review, by=csm, on=ON)
    use(review.account, [START.replace(day=9)], users=("u-3",), feature="other")

    frozen = reporting.freeze_report(review, by=csm, on=ON)
    again = reporting.freeze_report(review, by=csm, on=ON)

    assert value(frozen, "active_people") == "2"
    assert (again.pk, Report.objects.count()) == (frozen.pk, 1)
    assert AuditEntry.objects.filter(action="report.frozen").count() == 1


def test_a_review_without_a_draft_is_frozen_as_it_is_now(review, csm):
    with time_machine.travel(AT, tick=False):
        frozen = reporting.freeze_report(review, by=csm, on=ON)

    assert (frozen.frozen_at, value(frozen, "active_people")) == (AT, "2")


def test_a_new_version_begins_as_the_frozen_one(review, csm):
    report = reporting.draft_report(review, by=csm, on=ON)
    reporting.arrange_report(
        report, [{"key": "plan", "words": "Next."}], revision=1, by=csm
    )
    frozen = reporting.freeze_report(review, by=csm, on=ON)

    second = reporting.draft_report(review, by=csm, on=ON)

    assert (second.version, second.sections) == (2, frozen.sections)
    assert second.frozen_at is None


def test_definitions_are_frozen_with_the_figures(review, csm, monkeypatch):
    frozen = reporting.freeze_report(review, by=csm, on=ON)
    told = frozen.figures["figures"][2]

    monkeypatch.setitem(
        __import__("qbr.figures.definitions", fromlist=["x"]).DEFINITIONS,
        told["key"],
        ("Other", "Another meaning."),
    )

    kept = Report.objects.get().figures["figures"][2]
    assert (kept["label"], kept["definition"]) == (told["label"], told["definition"])
    assert told["definition"] in str(queries.deck_of_report(Report.objects.get()))


def test_an_empty_quarter_has_neither_an_empty_chart_nor_a_missing_section(
    in_tenant, csm
):
    review = review_of(AccountFactory())

    report = reporting.draft_report(review, by=csm, on=ON)
    deck = queries.deck_of_report(report)

    assert {slide.key for slide in deck.slides} == set(TITLES) - {FIRST}
    assert [
        b.kind for slide in deck.slides for b in slide.blocks if b.kind == "chart"
    ] == []


def test_the_period_before_has_as_many_days(review, csm):
    use(review.account, [START - (END - START)], users=("old",))
    use(review.account, [START - (END - START) * 2], users=("older",), feature="x")

    report = reporting.draft_report(review, by=csm, on=ON)

    people = report.figures["figures"]
    told = next(one for one in people if one["key"] == "active_people")
    assert Decimal(told["previous"]) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_gathering_takes_the_same_queries_however_much_there_is(
    in_tenant, csm, rows, django_assert_num_queries
):
    account = AccountFactory(owner=UserFactory())
    for number in range(rows):
        use(account, [START.replace(day=1 + number)], feature=f"f-{number}")
        TicketFactory(account=account, opened_at=AT.replace(month=5))
    review = review_of(account)

    with django_assert_num_queries(20):
        figures = queries.gathered(review, language="en", on=ON)

    assert len(figures["tables"]["features"]) == rows


def test_another_workspace_is_not_gathered(tenant, other_tenant, csm):
    for one, people in ((tenant, ("a", "b")), (other_tenant, ("c", "d", "e"))):
        with tenant_scope(one.pk):
            account = AccountFactory(external_id="same", name="Same")
            use(account, [START], users=people)
            review = review_of(account)

    with tenant_scope(other_tenant.pk):
        report = reporting.draft_report(review, by=None, on=ON)

    assert value(report, "active_people") == "3"
