"""The pages of reviews: what they cost, what they show, whom they let in."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.models import FeatureVote
from messaging.models import Message
from qbr import services
from qbr.models import Commitment, Review, ReviewNote
from renewals.models import Opportunity
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.qbr import review_of
from tests.factories.tenants import MembershipFactory

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
URL = "/t/acme/reviews/"


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        yield


def page(review, rest=""):
    return f"{URL}{review.pk}/{rest}"


@pytest.fixture
def review(in_tenant, csm):
    account = AccountFactory(owner=csm, name="Globus")
    ContactFactory(account=account, name="Anna", roles=["decision_maker"])
    return review_of(account)


def came(review):
    return [str(one.pk) for one in review.attendees.all()]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_many(
    number, csm_client, csm, tenant, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for _ in range(number):
            review_of(AccountFactory(owner=csm))

    with django_assert_num_queries(15):
        response = csm_client.get(URL)

    assert len(response.context["rows"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_with_many_promises(
    number, csm_client, review, csm, django_assert_num_queries
):
    for n in range(number):
        ContactFactory(account=review.account, roles=["champion"])
        services.promise(
            review, words=f"Send {n}", side="ours", due_on=date(2026, 10, 20), owner=csm
        )

    with django_assert_num_queries(39):
        response = csm_client.get(page(review))

    assert len(response.context["promised"]) == number


@pytest.mark.parametrize(
    "path",
    [
        "", "new/", "coverage/", "coverage/?by=owner", "coverage/?by=segment",
        "coverage/reviews/", "coverage/promises/?of=in_time", "coverage/renewals/",
        "commitments/", "commitments/?state=late", "?status=any&when=2026-10",
        "?need=decider", "?whose=team&tier=mid",
    ],
)  # fmt: skip
def test_every_view_of_reviews_opens(path, lead_client, review):
    assert lead_client.get(URL + path).status_code == 200


def test_filters_narrow_the_list(lead_client, review, in_tenant):
    other = AccountFactory(name="Initech", tier="high")
    review_of(other, due_on=date(2026, 12, 1))

    shown = {
        query: [row["account__name"] for row in _rows(lead_client, query)]
        for query in (
            "",
            "q=init",
            "when=2026-10",
            "tier=high",
            "status=held",
            "need=decider",
            "when=sometime",
        )
    }

    assert shown == {
        "": ["Globus", "Initech"],
        "q=init": ["Initech"],
        "when=2026-10": ["Globus"],
        "tier=high": ["Initech"],
        "status=held": [],
        "need=decider": ["Initech"],
        "when=sometime": ["Globus", "Initech"],
    }


def _rows(client, query):
    return client.get(f"{URL}?{query}").context["rows"]


def test_a_csm_plans_a_review_of_an_own_account(csm_client, csm, in_tenant):
    AccountFactory(owner=csm, name="Globus")

    response = csm_client.post(
        f"{URL}new/", {"account": "globus", "due_on": "2026-12-10"}
    )

    made = Review.objects.get()
    assert (response.status_code, response["Location"]) == (302, page(made))
    assert (made.period_start, made.period_end, made.owner) == (
        date(2026, 6, 1),
        date(2026, 12, 1),
        csm,
    )


def test_a_period_that_is_taken_leads_to_its_review(csm_client, review):
    form = {"account": "Globus", "due_on": "2026-10-20"}

    response = csm_client.post(f"{URL}new/", form)

    assert response["Location"] == page(review)
    assert Review.objects.count() == 1


def test_settings_are_changed_once_by_who_saw_them(csm_client, review):
    form = {
        "seen": review.revision,
        "scheduled_at": "2026-10-14T15:00",
        "minutes": 45,
        "due_on": "2026-10-12",
        "period_start": "2026-07-01",
        "period_last": "2026-09-30",
        "language": "ru",
    }

    first = csm_client.post(page(review, "settings/"), form)
    second = csm_client.post(page(review, "settings/"), form | {"minutes": 90})

    review.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 409)
    assert (review.minutes, review.day, review.language, review.period_end) == (
        45,
        date(2026, 10, 14),
        "ru",
        date(2026, 10, 1),
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period_last": "2026-06-30"}, "period_last"),
        ({"minutes": "4"}, "minutes"),
        ({"due_on": "soon"}, "due_on"),
    ],
)
def test_a_mistake_in_the_settings_stands_at_its_field(
    changes, field, csm_client, review
):
    form = {
        "seen": 1,
        "minutes": 45,
        "due_on": "2026-10-12",
        "period_start": "2026-07-01",
        "period_last": "2026-09-30",
        "language": "en",
    }

    response = csm_client.post(page(review, "settings/"), form | changes)

    assert response.status_code == 422
    assert list(response.context["settings_form"].errors) == [field]


def test_the_agenda_takes_parts_and_says_what_is_wrong(csm_client, review):
    rows = {
        "seen": review.revision,
        "key": ["opening", "results", ""],
        "title": ["Opening", "Numbers", "Training"],
        "minutes": ["5", "20", "10"],
    }

    saved = csm_client.post(page(review, "agenda/"), rows)
    wrong = csm_client.post(page(review, "agenda/"), {"title": "", "minutes": ""})

    review.refresh_from_db()
    assert (saved.status_code, wrong.status_code) == (302, 422)
    assert review.agenda == [
        {"key": "opening", "minutes": 5, "title": ""},
        {"key": "results", "minutes": 20, "title": "Numbers"},
        {"key": "part-3", "minutes": 10, "title": "Training"},
    ]


def test_people_are_put_on_the_list_and_taken_off(csm_client, review, lead):
    guest = csm_client.post(
        page(review, "attendees/"), {"name": "Boris", "email": "boris@x.example"}
    )
    csm_client.post(page(review, "attendees/"), {"who": f"user:{lead.pk}"})
    nobody = csm_client.post(page(review, "attendees/"), {})
    anna = review.attendees.get(contact__name="Anna")
    csm_client.post(page(review, f"attendees/{anna.pk}/removal/"))

    assert (guest.status_code, nobody.status_code) == (302, 422)
    assert sorted(str(one) for one in review.attendees.all()) == sorted(
        ["Boris", str(lead), str(review.owner)]
    )


def test_a_missing_decision_maker_is_said_loudly(csm_client, review):
    asked = csm_client.get(page(review)).content.decode()
    anna = review.attendees.get(contact__name="Anna")
    csm_client.post(page(review, f"attendees/{anna.pk}/removal/"))
    missing = csm_client.get(page(review)).content.decode()

    assert "The decision maker is not asked" not in asked
    assert "The decision maker is not asked" in missing
    assert "Ask Anna" in missing


def test_notes_are_kept_as_they_are_typed(csm_client, review):
    place = page(review, "meeting/notes/results/")

    first = csm_client.post(
        place, {"words": "Up 12 %", "seen": 0}, headers={"HX-Request": "true"}
    )
    second = csm_client.post(
        place, {"words": "Up 12 %, good", "seen": 1}, headers={"HX-Request": "true"}
    )
    stale = csm_client.post(
        place, {"words": "Down", "seen": 1}, headers={"HX-Request": "true"}
    )

    assert [one.status_code for one in (first, second, stale)] == [200] * 3
    assert 'name="seen" value="2"' in second.content.decode()
    assert "Keep both" in stale.content.decode()
    assert ReviewNote.objects.get().words == "Up 12 %, good"


def test_two_who_typed_at_once_keep_both(csm_client, review):
    place = page(review, "meeting/notes/results/")
    services.write_notes(review, "results", "Theirs", seen=0)

    csm_client.post(place, {"words": "Mine", "seen": 0, "join": "1"})

    assert ReviewNote.objects.get().words == "Mine\n\nTheirs"


def test_the_meeting_writes_down_what_is_said(csm_client, review, csm):
    csm_client.post(page(review, "meeting/part/"), {"part": "results"})
    csm_client.post(
        page(review, "meeting/lines/"), {"section": "results", "words": "Go on"}
    )
    csm_client.post(
        page(review, "meeting/commitments/"),
        {"words": "Train ten", "side": "ours", "due_on": "2026-10-15"},
    )
    csm_client.post(page(review, "meeting/wishes/"), {"title": "Dark mode"})

    response = csm_client.get(page(review, "meeting/"))

    review.refresh_from_db()
    assert (response.status_code, review.running) == (200, "results")
    assert [note.words for note in response.context["lines"]] == ["Go on"]
    promised = Commitment.objects.get()
    assert (promised.words, promised.owner, promised.task) == ("Train ten", csm, None)
    assert FeatureVote.objects.get().account == review.account


def test_a_promise_without_words_stays_in_its_form(csm_client, review):
    response = csm_client.post(
        page(review, "meeting/commitments/"),
        {"words": "", "side": "ours", "due_on": "x"},
        headers={"HX-Request": "true"},
    )

    assert response.status_code == 422
    assert sorted(response.context["promise_form"].errors) == ["due_on", "words"]


def test_a_review_is_held_looked_at_and_sent(csm_client, review):
    csm_client.post(page(review, "holding/"), {"came": came(review)})
    looked_at = csm_client.get(page(review, "summary/"))
    review.refresh_from_db()
    form = {
        "seen": review.revision,
        "words": "In short",
        "to": [review.account.contacts.get().email],
        "do": "send",
    }
    csm_client.post(page(review, "summary/"), form)

    again = csm_client.post(page(review, "summary/"), form)

    review.refresh_from_db()
    assert looked_at.status_code == 200
    assert (review.status, review.summary) == ("followed_up", "In short")
    assert again["Location"] == page(review)


@pytest.mark.parametrize(
    ("form", "status", "errors"),
    [
        ({"words": ""}, 422, ["words"]),
        ({"words": "  \n"}, 422, ["words"]),
        ({"words": "In short", "to": []}, 422, ["to"]),
        ({"words": "", "do": "keep"}, 422, ["words"]),
    ],
)
def test_an_emptied_letter_is_refused_where_it_stands(
    form, status, errors, csm_client, review
):
    services.hold_review(review)
    review.refresh_from_db()
    sent = {
        "seen": review.revision,
        "to": [review.account.contacts.get().email],
        "do": "send",
    } | form

    response = csm_client.post(page(review, "summary/"), sent)

    review.refresh_from_db()
    assert (response.status_code, list(response.context["form"].errors)) == (
        status,
        errors,
    )
    assert (review.status, review.summary) == ("held", "")
    assert Message.objects.filter(kind="review.summary").count() == 0


def test_a_letter_is_prepared_anew_and_a_review_closed_without_one(csm_client, review):
    services.hold_review(review)
    services.keep_summary(review, "Mine")
    place = page(review, "summary/")

    kept, anew = csm_client.get(place), csm_client.get(f"{place}?anew")
    csm_client.post(place, {"do": "close"})

    review.refresh_from_db()
    assert kept.context["form"]["words"].value() == "Mine"
    assert anew.context["form"]["words"].value().startswith("Thank you for the review")
    assert review.status == "followed_up"
    assert Message.objects.filter(kind="review.summary").count() == 0


def promised(review, **fields):
    fields = {
        "words": "Train ten",
        "side": "ours",
        "due_on": date(2026, 10, 20),
    } | fields
    return services.promise(review, **fields)


def test_a_promise_is_changed_on_its_page(csm_client, review, csm, lead):
    made = promised(review)
    services.hold_review(review)
    place = f"{URL}commitments/{made.pk}/edit/"

    shown = csm_client.get(place)
    wrong = csm_client.post(place, {"words": "", "due_on": "x"})
    saved = csm_client.post(
        place,
        {
            "words": "Train twenty",
            "due_on": "2026-11-02",
            "owner": lead.pk,
            "next": f"{URL}commitments/",
        },
    )

    made.refresh_from_db()
    assert (shown.status_code, wrong.status_code, saved["Location"]) == (
        200,
        422,
        f"{URL}commitments/",
    )
    assert sorted(wrong.context["form"].errors) == ["due_on", "words"]
    assert (made.words, made.due_on, made.owner) == (
        "Train twenty",
        date(2026, 11, 2),
        lead,
    )
    assert (made.task.title, made.task.owner) == ("Globus: Train twenty", lead)
    assert csm_client.get(place).status_code == 200


def test_a_closed_promise_is_not_changed(csm_client, review, csm):
    made = promised(review)
    services.close_commitment(made, state="done", by=csm)

    response = csm_client.post(
        f"{URL}commitments/{made.pk}/edit/", {"words": "x", "due_on": "2026-11-02"}
    )

    assert (response.status_code, response.context["form"].non_field_errors()) == (
        422,
        ["It is closed already."],
    )


def test_only_who_works_a_promise_changes_it(review, tenant, sign_in, stranger):
    made = promised(review)
    people = [
        MembershipFactory(tenant=tenant, role=role).user
        for role in (Role.CSM, Role.VIEWER)
    ]

    codes = [
        getattr(sign_in(person), method)(
            f"{URL}commitments/{made.pk}/edit/"
        ).status_code
        for person in (*people, stranger)
        for method in ("get", "post")
    ]

    assert codes == [404] * 6


@pytest.mark.parametrize("rest", ["", "meeting/"])
@pytest.mark.parametrize(
    ("roles", "is_asked", "said"),
    [
        (["decision_maker"], True, ""),
        (["decision_maker"], False, "The decision maker is not asked"),
        (["user"], True, "Nobody who decides is known"),
    ],
)
def test_a_review_without_who_decides_says_so_loudly(
    rest, roles, is_asked, said, csm_client, review
):
    anna = review.account.contacts.get()
    anna.roles = roles
    anna.save()
    if not is_asked:
        review.attendees.filter(contact=anna).delete()

    shown = csm_client.get(page(review, rest)).content.decode()
    listed = csm_client.get(URL).content.decode()

    assert ('data-tone="loud" role="alert"' in shown) == bool(said)
    assert said in shown
    assert ('<span class="tag" data-tone="loud">' in listed) == bool(said)


def test_who_decides_is_put_on_the_list_from_the_meeting(csm_client, review):
    anna = review.account.contacts.get()
    review.attendees.filter(contact=anna).delete()
    meeting = page(review, "meeting/")

    response = csm_client.post(
        page(review, "attendees/"), {"who": f"contact:{anna.pk}", "next": meeting}
    )
    outside = csm_client.post(
        page(review, "attendees/"),
        {"who": f"contact:{anna.pk}", "next": "https://evil.example/"},
    )

    assert (response["Location"], outside["Location"]) == (
        meeting,
        page(review, "#attendees"),
    )
    assert review.attendees.filter(contact=anna).count() == 1


def test_an_idea_is_looked_at_and_becomes_an_opportunity(csm_client, review):
    account = review.account
    account.band, account.score = "green", 90
    account.save()
    note = services.write_down(review, section="plan", words="Seats", kind="idea")
    place = page(review, f"ideas/{note.pk}/")

    shown = csm_client.get(place)
    wrong = csm_client.post(place, {"kind": "add_on", "amount": "x"})
    made = csm_client.post(
        place, {"kind": "add_on", "amount": "1200", "currency": "usd"}
    )

    deal = Opportunity.objects.get()
    assert (shown.status_code, wrong.status_code) == (200, 422)
    assert made["Location"] == f"/t/acme/renewals/expansion/{deal.pk}/"
    assert (deal.title, deal.amount, deal.currency) == ("Seats", 1200, "USD")


def test_an_idea_for_an_account_in_trouble_waits(csm_client, review):
    note = services.write_down(review, section="plan", words="Seats", kind="idea")

    refused = csm_client.post(
        page(review, f"ideas/{note.pk}/"),
        {"kind": "add_on", "amount": "1200", "currency": "USD"},
    )

    assert (refused.status_code, Opportunity.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("get", ""),
        ("get", "meeting/"),
        ("post", "settings/"),
        ("post", "agenda/"),
        ("post", "attendees/"),
        ("post", "preparation/usage/"),
        ("post", "invitation/"),
        ("post", "cancellation/"),
        ("post", "meeting/part/"),
        ("post", "meeting/notes/results/"),
        ("post", "meeting/lines/"),
        ("post", "meeting/commitments/"),
        ("post", "meeting/wishes/"),
        ("post", "holding/"),
        ("get", "summary/"),
        ("post", "summary/"),
        ("get", "review.ics"),
    ],
)
def test_a_stranger_finds_no_review(method, rest, review, stranger, sign_in):
    response = getattr(sign_in(stranger), method)(page(review, rest))

    assert response.status_code == 404


@pytest.mark.parametrize(
    "rest",
    [
        "settings/", "agenda/", "attendees/", "preparation/usage/", "invitation/",
        "cancellation/", "meeting/part/", "meeting/notes/results/", "meeting/lines/",
        "meeting/commitments/", "meeting/wishes/", "holding/", "summary/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_who_may_not_work_it_changes_nothing(rest, role, review, tenant, sign_in):
    colleague = MembershipFactory(tenant=tenant, role=role).user

    response = sign_in(colleague).post(page(review, rest), {"why": "x", "part": ""})

    assert response.status_code == 404


def test_a_colleague_reads_what_they_may_not_change(review, tenant, sign_in):
    viewer = MembershipFactory(tenant=tenant, role=Role.VIEWER).user
    client = sign_in(viewer)

    detail, meeting = client.get(page(review)), client.get(page(review, "meeting/"))

    assert (detail.status_code, detail.context["may_change"]) == (200, False)
    assert meeting["Location"] == page(review)


def test_a_closed_portfolio_hides_the_reviews_of_others(review, tenant, sign_in):
    tenant.is_portfolio_closed = True
    tenant.save()
    other = MembershipFactory(tenant=tenant, role=Role.CSM).user
    client = sign_in(other)

    assert client.get(page(review)).status_code == 404
    assert client.get(f"{URL}?whose=all").context["rows"] == []
