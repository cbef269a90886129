from datetime import date, timedelta

import pytest

from accounts.calendar import Calendar, DayWarning, habits_of, subdivisions
from accounts.models import WorkCalendar
from accounts.queries import calendar
from accounts.services import set_calendar
from accounts.wording import said_of
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope

KZ = Calendar(country="KZ")
HABITS = Calendar(dead_months=frozenset({7, 8}), budget_months=frozenset({12}))
PAGE = "/t/acme/settings/calendar/"
CHECK = "/t/acme/calendar/day/"


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 3, 20), True),
        (date(2026, 3, 21), False),  # Saturday, and the first of three days of Nowruz
        (date(2026, 3, 23), False),
        (date(2026, 3, 24), False),  # for the 21st, which was a Saturday
        (date(2026, 3, 26), True),
    ],
)
def test_a_day_off_of_the_country_is_no_working_day(day, is_working):
    assert KZ.is_working_day(day) is is_working


def test_a_saturday_that_is_worked_for_a_bridge_day_is_a_working_day():
    assert Calendar(country="RU").is_working_day(date(2024, 4, 27))
    assert not Calendar().is_working_day(date(2024, 4, 27))


def test_regions_have_days_off_of_their_own():
    corpus_christi = date(2026, 6, 4)

    assert not Calendar(country="DE", subdivision="BY").is_working_day(corpus_christi)
    assert Calendar(country="DE", subdivision="BE").is_working_day(corpus_christi)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 6, 10), 0, date(2026, 6, 10)),
        (date(2026, 6, 10), 1, date(2026, 6, 9)),
        (date(2026, 6, 10), 3, date(2026, 6, 5)),
        (date(2026, 6, 14), 1, date(2026, 6, 12)),  # from a Sunday: the Friday
        (date(2026, 6, 8), 10, date(2026, 5, 25)),
    ],
)
def test_business_days_are_counted_back_without_the_day_itself(day, count, expected):
    assert Calendar().minus_business_days(day, count) == expected


def test_business_days_leave_out_holidays():
    # 21-25 March 2026 is no working day in Kazakhstan, 28-29 a weekend.
    assert KZ.minus_business_days(date(2026, 3, 30), 3) == date(2026, 3, 20)


def test_where_nothing_is_worked_days_of_the_calendar_count():
    nobody = Calendar(weekdays=frozenset())

    assert nobody.minus_business_days(date(2026, 6, 10), 3) == date(2026, 6, 7)
    assert nobody.nearest_good(date(2026, 6, 10)) is None


def test_a_country_or_region_nobody_knows_has_no_holidays():
    day = date(2026, 1, 1)

    assert Calendar(country="XX").is_working_day(day)
    assert Calendar(country="KZ", subdivision="XX").is_working_day(day)


@pytest.mark.parametrize(
    ("day", "kind", "better"),
    [
        (date(2026, 7, 10), "dead_month", date(2026, 6, 30)),
        (date(2026, 8, 20), "dead_month", date(2026, 9, 1)),
        (date(2026, 12, 31), "budget_month", date(2027, 1, 1)),
        (date(2026, 6, 6), "weekend", date(2026, 6, 5)),
        (date(2026, 6, 7), "weekend", date(2026, 6, 8)),
    ],
)
def test_a_bad_day_has_a_reason_and_a_nearest_good_day(day, kind, better):
    assert HABITS.warning_for(day) == DayWarning(day, kind, better)


def test_the_better_day_is_never_past():
    since = date(2026, 7, 8)

    assert HABITS.warning_for(date(2026, 7, 10), since=since).better == date(2026, 9, 1)


def test_a_good_day_has_no_warning():
    assert HABITS.warning_for(date(2026, 6, 5)) is None


def test_a_warning_names_the_holiday():
    warning = KZ.warning_for(date(2026, 12, 16))

    assert said_of(warning) == (
        "16 Dec 2026 is a holiday: Independence Day."
        " The nearest good day is Tuesday, 15 Dec 2026."
    )


def test_a_year_asked_twice_is_the_same_in_any_order():
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(3000)]
    ahead = [KZ.is_working_day(day) for day in days]

    assert [KZ.is_working_day(day) for day in reversed(days)] == ahead[::-1]


def test_the_usual_months_are_offered_where_they_are_usual():
    assert (habits_of("KZ").dead_months, habits_of("KZ").budget_months) == (
        (7, 8),
        (12,),
    )
    assert habits_of("US").dead_months == ()
    assert (subdivisions("XX"), "BY" in subdivisions("DE")) == ([], True)


def posted(**changes):
    return {"country": "KZ", "weekdays": [0, 1, 2, 3, 4]} | changes


def test_a_workspace_without_a_calendar_works_monday_to_friday(in_tenant):
    assert calendar() == Calendar()


def test_the_page_keeps_the_calendar(ops_client, in_tenant):
    changes = {
        "extra_holidays": "2026-05-08\n2026-01-05",
        "dead_months": [8],
        "weekdays": [0, 1, 2, 3, 5],
    }

    response = ops_client.post(PAGE, posted(**changes))

    assert response.status_code == 302
    assert calendar() == Calendar(
        country="KZ",
        weekdays=frozenset({0, 1, 2, 3, 5}),
        extra_holidays=frozenset({date(2026, 1, 5), date(2026, 5, 8)}),
        dead_months=frozenset({8}),
    )
    assert AuditEntry.objects.filter(action="calendar.set").count() == 1


def test_the_habits_of_the_country_are_offered_and_taken_with_one_button(
    ops_client, in_tenant
):
    page = ops_client.get(PAGE + "?country=KZ").content.decode()
    plain = ops_client.get(PAGE + "?country=DE").content.decode()
    ops_client.post(PAGE, posted())
    untaken = WorkCalendar.objects.get().dead_months
    ops_client.post(PAGE, posted(take_habits="1"))
    taken = WorkCalendar.objects.get()

    assert "dead months July, August; budget month December" in page
    assert "take_habits" not in plain
    assert (untaken, taken.dead_months, taken.budget_months) == ([], [7, 8], [12])
    assert "take_habits" not in ops_client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"country": "XX"},
        {"country": "DE", "subdivision": "XX"},
        {"weekdays": [9]},
        {"dead_months": [13]},
        {"extra_holidays": "tomorrow"},
    ],
)
def test_what_is_no_calendar_is_refused(ops_client, in_tenant, changes):
    response = ops_client.post(PAGE, posted(**changes))

    assert (response.status_code, WorkCalendar.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ops", 200), ("admin", 200), ("csm", 404), ("lead", 404), ("stranger", 404)],
)
def test_who_may_set_the_calendar(request, sign_in, tenant, who, status):
    assert sign_in(request.getfixturevalue(who)).get(PAGE).status_code == status


def test_a_day_is_checked_for_every_member_of_this_workspace(
    csm_client, viewer_client, sign_in, stranger, in_tenant
):
    set_calendar(dead_months=[7])

    answers = [
        client.get(CHECK, {"day": "2036-07-10"})
        for client in (csm_client, viewer_client, sign_in(stranger))
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert 'data-take-day="2036-06-30"' in answers[0].content.decode()


def test_a_field_asks_with_its_own_name(csm_client, in_tenant):
    headers = {"HX-Request": "true", "HX-Trigger-Name": "due_on"}

    good = csm_client.get(CHECK, {"due_on": "2036-07-10"}, headers=headers)
    bad = csm_client.get(CHECK, {"due_on": "2036-07-12"}, headers=headers)

    assert "data-take-day" not in good.content.decode()
    assert 'data-take-day="2036-07-11"' in bad.content.decode()
    assert csm_client.get(CHECK).content == b""
    assert csm_client.get(CHECK, {"day": "soon"}).status_code == 400


def test_the_calendar_of_another_workspace_does_not_matter(tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        set_calendar(dead_months=[7])

    with tenant_scope(tenant.pk):
        assert calendar() == Calendar()
