"""A report is drafted, worded, frozen; what was frozen stays."""

import copy
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils.text import slugify

from accounts.models import Contract, Ticket
from nps.models import Response
from qbr.deck.written import value_of
from qbr.figures.figure import Figure, differences
from qbr.figures.sections import FIRST, TITLES, arranged
from qbr.models import Commitment, Goal, Report, ReportFile
from qbr.queries import reports as queries
from qbr.services import making, reporting
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory, TicketFactory
from tests.factories.health import ResponseFactory, use
from tests.factories.tenants import UserFactory
from tests.qbr.report_world import AT, END, ON, START, quarter, review_of


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


def test_figures_of_a_period_that_went_on_are_taken_anew_when_it_is_frozen(review, csm):
    words = [{"key": "usage", "is_on": True, "words": "A fine quarter."}]
    with time_machine.travel(AT.replace(month=6, day=20), tick=False):
        early = reporting.draft_report(review, by=csm, on=ON)
        reporting.arrange_report(early, words, revision=1, by=csm)
    use(review.account, [END - timedelta(days=3)], users=("u-3",), feature="other")

    with time_machine.travel(AT, tick=False):
        frozen = reporting.freeze_report(review, by=csm, on=ON)

    assert [value(one, "active_people") for one in (early, frozen)] == ["2", "3"]
    assert (frozen.figured_at, frozen.sections) == (AT, arranged(words))


def test_figures_of_another_period_are_taken_anew_when_it_is_frozen(review, csm):
    drafted = reporting.draft_report(review, by=csm, on=ON)
    review.period_start = START + timedelta(days=1)
    review.save()

    frozen = reporting.freeze_report(review, by=csm, on=ON)

    assert [value(one, "active_people") for one in (drafted, frozen)] == ["2", "2"]
    assert [value(one, "active_days") for one in (drafted, frozen)] == ["2", "1"]


def test_each_count_of_support_is_made_of_the_requests_it_counts(review):
    before = AT.replace(month=3)
    opened = [AT.replace(month=5, day=day) for day in (1, 2, 3)]
    TicketFactory.create_batch(4, account=review.account, opened_at=before)
    for at, fields in zip(
        opened,
        (
            {"severity": "critical"},
            {},
            {"status": "solved", "solved_at": AT.replace(month=6)},
        ),
        strict=True,
    ):
        TicketFactory(account=review.account, opened_at=at, **fields)

    report = reporting.draft_report(review, by=None, on=ON)

    rows = {
        one["key"]: (one["value"], one["rows"]) for one in report.figures["figures"]
    }
    assert [
        rows[f"tickets_{name}"] for name in ("opened", "solved", "open", "critical")
    ] == [
        ("3", 3),
        ("1", 1),
        ("6", 6),
        ("1", 1),
    ]


def answered(review, name, score, words):
    return ResponseFactory(
        account=review.account,
        contact=ContactFactory(account=review.account, name=name),
        score=score,
        comment=words,
        answered_at=AT.replace(month=5),
    )


def test_nobody_is_named_and_words_are_told_only_when_they_are_picked(review, csm):
    blocked = answered(review, "Boris Petrov", 2, "Our own management blocks this")
    praised = answered(review, "Anna Kim", 9, "Fast")
    report = reporting.draft_report(review, by=csm, on=ON)
    by_default = str(queries.deck_of_report(report))
    chosen = [{"key": "feedback", "is_on": True, "picked": [str(praised.pk)]}]

    report = reporting.arrange_report(report, chosen, revision=1, by=csm)
    (slide,) = [
        one for one in queries.deck_of_report(report).slides if one.key == "feedback"
    ]

    assert [
        one in by_default for one in ("Boris", "Anna", "management", "Fast", "NPS")
    ] == [False, False, False, False, True]
    assert "Boris" not in str(report.figures)
    assert slide.blocks[-1].rows == (("9", "Fast"),)
    assert queries.quotes_of(report) == [
        (str(one.pk), told)
        for one, told in sorted(
            [
                (blocked, "Boris Petrov, 2: “Our own management blocks this”"),
                (praised, "Anna Kim, 9: “Fast”"),
            ],
            key=lambda pair: str(pair[0].pk),
            reverse=True,
        )
    ]


def test_what_was_kept_with_names_before_names_nobody(review, csm):
    report = reporting.draft_report(review, by=csm, on=ON)
    answered(review, "Boris Petrov", 2, "No")
    report = reporting.take_figures(report, by=csm, on=ON)
    old = {"on": "2026-05-01", "who": "Boris Petrov", "score": 2, "words": "No"}
    report.figures["tables"]["answers"] = [old]

    assert "Boris" not in str(queries.deck_of_report(report))
    assert queries.quotes_of(report) == []


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
        ("Features used", "1 of 1", "2 of 2"),
        ("Requests opened", "0", "1"),
        ("Still open", "0", "1"),
    ]


def test_whatever_changes_later_the_frozen_report_stays_and_the_page_tells_it(
    in_tenant, csm
):
    """Usage that comes late, a request deleted, seats bought, goals and answers edited."""
    with time_machine.travel(AT, tick=False):
        review = quarter(in_tenant)
        reporting.freeze_report(review, by=csm, on=ON)
        making.make_reports(in_tenant.pk, seconds=60)
    before = Report.objects.get()
    kept, slides = copy.deepcopy(before.figures), str(queries.deck_of_report(before))
    files = contents()
    told = {one["key"]: one for one in queries.told_figures(before)}
    assert queries.changed_since(before, on=ON) == []

    change_everything(review.account)
    making.make_reports(in_tenant.pk, seconds=60)
    after = Report.objects.get()
    changes = {
        one["label"]: (one["was"], one["now"])
        for one in queries.changed_since(after, on=ON)
    }

    assert (after.figures, str(queries.deck_of_report(after))) == (kept, slides)
    assert contents() == files
    assert queries.told_figures(after) == list(told.values())
    for key in (
        "kept_ours",
        "active_people",
        "seat_share",
        "uses",
        "goals_met",
        "value_money:USD",
        "tickets_critical",
        "nps",
    ):
        was, now = changes[told[key]["label"]]
        assert (was, now != was) == (told[key]["value"], True), key
    assert changes["Value in EUR"] == ("€1,200", "–")
    assert changes["Kept by us"] == ("2 of 3", "3 of 3")
    assert changes["Goals met"] == ("2 of 4", "1 of 3")
    assert changes["NPS"][1] == "−100"
    assert changes["Uses, the period before"][0] == told["uses"]["note"].split(": ")[1]


def change_everything(account):
    use(account, [START.replace(day=4)], users=("late-1", "late-2"), feature="late")
    use(account, [START - timedelta(days=3)], users=("early",), feature="late")
    Ticket.objects.filter(account=account, severity="critical").delete()
    Contract.objects.filter(account=account).update(seats=80)
    Goal.objects.filter(value_currency="USD").update(value_amount=5)
    Goal.objects.filter(value_currency="EUR").delete()
    Response.objects.filter(account=account).update(score=0)
    Commitment.objects.filter(words="Promise 2").update(state="done", done_at=AT)
    account.name = "Southwind"
    account.save(update_fields=["name"])


def contents():
    return {
        kind: bytes(content)
        for kind, content in ReportFile.objects.values_list("kind", "content")
    }


def test_a_part_of_more_or_fewer_has_changed_too():
    one = Figure("goals_met", Decimal(1), of=3).as_kept()
    other = Figure("goals_met", Decimal(1), of=2).as_kept()

    (found,) = differences([one], [other])

    assert (value_of(found.was), value_of(found.now)) == ("1 of 3", "1 of 2")


def test_nothing_to_tell_before_and_now_is_no_change():
    one = Figure("nps_rate", None).as_kept()
    other = Figure("nps_rate", None, of=0).as_kept()

    assert differences([one], [other]) == []
    assert differences([], [other]) == []


def test_the_page_shows_what_has_changed_since(review, csm, sign_in):
    review.account.owner = csm
    review.account.save()
    frozen = reporting.freeze_report(review, by=csm, on=ON)
    use(review.account, [START.replace(day=9)], users=("u-3",), feature="other")

    page = sign_in(csm).get(f"/t/acme/reports/{frozen.pk}/changes/").content.decode()

    assert "Changed since the figures were taken" in page
    assert re.search(
        r'Active people</td><td class="num">2</td><td class="num">3</td>', page
    )


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


def test_a_file_is_named_by_the_last_day_of_its_period(review, csm):
    draft = reporting.draft_report(review, by=csm, on=ON)
    name = queries.file_name(draft, "pdf")
    frozen = reporting.freeze_report(review, by=csm, on=ON)

    slug = slugify(review.account.name)
    assert name == f"review-{slug}-2026-06-30-v1-draft.pdf"
    assert queries.file_name(frozen, "pptx") == f"review-{slug}-2026-06-30-v1.pptx"


@pytest.mark.parametrize("count", [40, 43])
def test_what_is_left_out_of_a_long_list_is_counted(in_tenant, csm, count):
    account = AccountFactory()
    for number in range(count):
        ResponseFactory(
            account=account,
            contact=ContactFactory(account=account),
            comment="Fine.",
            answered_at=AT.replace(month=5, hour=number % 24),
        )
    TicketFactory.create_batch(count, account=account, opened_at=AT.replace(month=5))

    report = reporting.draft_report(review_of(account), by=csm, on=ON)

    kept = report.figures
    left = count - 40
    assert (len(kept["tables"]["answers"]), kept["more"]["answers"]) == (40, left)
    assert (len(kept["tables"]["tickets"]), kept["more"]["tickets"]) == (40, left)
    said = str(queries.deck_of_report(report))
    assert (f"And {left} more." in said) == (left > 0)


def test_an_empty_quarter_has_neither_an_empty_chart_nor_a_missing_section(
    in_tenant, csm
):
    review = review_of(AccountFactory())

    report = reporting.draft_report(review, by=csm, on=ON)
    deck = queries.deck_of_report(report)

    (quiet,) = [slide for slide in deck.slides if slide.key == "nothing"]
    told = [slide.title for slide in deck.slides]
    told += [title for title, _sentence in quiet.blocks[0].rows]
    assert sorted(told) == sorted(
        [quiet.title, *(str(TITLES[key]) for key in TITLES if key != FIRST)]
    )
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

    with django_assert_num_queries(18):
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
