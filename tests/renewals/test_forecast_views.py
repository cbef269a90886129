"""The pages of the forecast: every number opens its deals, and who may say what."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from accounts.models import Contract, ExchangeRate
from accounts.services import CONTRACTS, archive_account, delete_fact
from renewals import services
from renewals.models import ForecastCall, Renewal
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of

PAGE = "/t/acme/renewals/forecast/"
END = date(2026, 12, 20)
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as travel:
        yield travel


def make(tenant, number=1, **fields):
    with tenant_scope(tenant.pk):
        made = [
            renewal_of(
                **({"ends_on": END, "on": date(2026, 9, 1), "mrr": 100} | fields)
            )
            for _ in range(number)
        ]
    return made[0] if number == 1 else made


def call(tenant, renewal, **said):
    with tenant_scope(tenant.pk):
        services.call_renewal(renewal, **said)


def calls_url(renewal):
    return f"/t/acme/renewals/{renewal.pk}/calls/"


def money(response):
    """Who says what: {who: (worst, likely, best)}."""
    return {
        row["who"]: tuple(value for _word, value, _url in row["cells"])
        for row in response.context["figures"]
    }


@pytest.mark.parametrize("number", [1, 3])
def test_page_query_count(lead_client, lead, tenant, number, django_assert_num_queries):
    make(tenant, number, owner=lead)

    with django_assert_num_queries(20):
        response = lead_client.get(PAGE)

    assert response.context["outlook"].count == number


@pytest.mark.parametrize("number", [1, 3])
def test_deals_query_count(
    lead_client, lead, tenant, number, django_assert_num_queries
):
    make(tenant, number, owner=lead)

    with django_assert_num_queries(21):
        response = lead_client.get(PAGE + "deals/")

    assert len(response.context["lines"]) == number


def test_three_forecasts_stand_side_by_side(lead_client, csm, lead, tenant):
    # 1,200 a year each; unknown colour, no deal yet: 80 % likely.
    certain, doubtful = make(tenant, 2, owner=csm)
    make(tenant, owner=csm)
    call(tenant, certain, level="csm", category="commit", by=csm)
    call(tenant, doubtful, level="csm", category="possible", amount=D(900), by=csm)
    call(tenant, doubtful, level="lead", category="likely", by=lead)

    response = lead_client.get(PAGE)

    # variance 3 × 0.16 × 1,200²: the deviation is 831.38..., × 1.2816 = 1,065.50
    assert money(response) == {
        "auto": (D("1814.50"), D(2880), D(3600)),
        "csm": (D(1200), D(1200), D(2100)),
        "lead": (D(0), D(1200), D(1200)),
    }
    assert [row["deal"].renewal_id for row in response.context["apart"]] == [
        doubtful.pk
    ]


def test_every_figure_opens_the_deals_that_add_up_to_it(lead_client, csm, tenant):
    renewals = make(tenant, 3, owner=csm)
    call(tenant, renewals[0], level="csm", category="commit", by=csm)
    call(tenant, renewals[1], level="lead", category="possible", amount=D(7), by=csm)

    page = lead_client.get(PAGE)

    for row in page.context["figures"]:
        for word, value, url in row["cells"]:
            ledger = lead_client.get(url)
            gives = [line["gives"] for line in ledger.context["lines"]]
            told = (str(row["who"]), str(word), ledger.context["total"], sum(gives))
            assert told == (row["who"], word, value, value)


def test_amounts_are_in_the_workspaces_currency_at_stated_rates(
    lead_client, csm, tenant
):
    with tenant_scope(tenant.pk):
        ExchangeRate.objects.create(currency="EUR", rate="1.5", valid_from="2026-01-01")
    make(tenant, owner=csm, currency="EUR")
    make(tenant, owner=csm, currency="GBP")

    response = lead_client.get(PAGE)

    assert money(response)["auto"][1] == D("1440.00")
    assert response.context["rates"] == [("EUR", D("1.5")), ("GBP", None)]
    assert response.context["outlook"].unpriced == {"GBP": 1}
    assert "1 deal is in GBP" in response.content.decode()


def test_what_is_overdue_counts_today_and_what_comes_later_does_not(
    lead_client, csm, tenant
):
    overdue = make(tenant, owner=csm, ends_on=date(2026, 9, 30), on=date(2026, 6, 1))
    make(tenant, owner=csm, ends_on=date(2027, 1, 1))

    this = lead_client.get(PAGE + "deals/").context["lines"]
    later = lead_client.get(PAGE + "deals/?quarter=2027-Q1").context["lines"]

    assert [line["deal"].renewal_id for line in this] == [overdue.pk]
    assert len(later) == 1


def test_it_is_grouped_by_owner_tier_and_segment(lead_client, csm, lead, tenant):
    mine = make(tenant, owner=csm)
    make(tenant, 2, owner=lead)
    with tenant_scope(tenant.pk):
        type(mine.account).objects.filter(pk=mine.account_id).update(
            tier="high", segment="Banks"
        )

    def rows(by):
        groups = lead_client.get(PAGE + f"?by={by}").context["groups"]
        return [(str(row["name"]), row["outlook"].count) for row in groups]

    assert rows("owner") == [(str(lead), 2), (str(csm), 1)]
    assert rows("tier") == [("Mid touch", 2), ("High touch", 1)]
    assert rows("segment") == [("None", 2), ("Banks", 1)]
    narrowed = lead_client.get(PAGE + "?segment=Banks")
    assert narrowed.context["outlook"].count == 1


def test_each_case_of_a_group_opens_the_deals_that_add_up_to_it(
    lead_client, csm, lead, tenant
):
    make(tenant, 2, owner=csm)
    make(tenant, owner=lead)

    page = lead_client.get(PAGE)

    text = page.content.decode().replace("&amp;", "&")
    for group in page.context["groups"]:
        for row in group["figures"]:
            for _word, value, url in row["cells"]:
                assert lead_client.get(url).context["total"] == value
                assert f'href="{url}"' in text


def test_a_csm_begins_with_the_own_and_may_look_at_all(csm_client, csm, lead, tenant):
    make(tenant, owner=csm)
    make(tenant, 2, owner=lead)

    assert csm_client.get(PAGE).context["outlook"].count == 1
    assert csm_client.get(PAGE + "?whose=all").context["outlook"].count == 3


def test_a_closed_portfolio_hides_the_deals_of_others(csm_client, csm, lead, tenant):
    make(tenant, owner=csm)
    theirs = make(tenant, owner=lead)
    tenant.is_portfolio_closed = True
    tenant.save()

    assert csm_client.get(PAGE + "?whose=all").context["outlook"].count == 1
    assert csm_client.get(calls_url(theirs)).status_code == 404


def test_what_moved_since_last_week_adds_up_and_opens_its_deals(
    lead_client, csm, tenant, clock
):
    slipped, lost, kept = make(tenant, 3, owner=csm)
    clock.move_to(datetime(2026, 11, 16, 0, 5, tzinfo=UTC))
    # Known since it was made, in this test in the future of that Monday.
    with tenant_scope(tenant.pk):
        services.keep_versions()
    take(tenant, clock, date(2026, 11, 30))
    clock.move_to(datetime(2026, 12, 6, 12, tzinfo=UTC))
    with tenant_scope(tenant.pk):
        Contract.objects.filter(pk=slipped.contract_id).update(ends_on=date(2027, 2, 1))
        services.sync_renewals(on=date(2026, 12, 6))
        services.close_renewal(
            lost,
            result="lost",
            reason="price",
            detail="x",
            by=csm,
            on=date(2026, 12, 6),
        )

    response = lead_client.get(PAGE)

    parts = [(str(w), n, amount) for w, n, amount, _ in response.context["moved_parts"]]
    assert parts == [
        ("Lost", "1 deal", D(-960)),
        ("Slipped to a later quarter", "1 deal", D(-960)),
    ]
    moved = response.context["moved"]
    assert (moved.opening, moved.closing) == (D(2880), D(960))
    url = response.context["moved_parts"][1][3]
    opened = lead_client.get(url)
    assert [row["deal"].renewal_id for row in opened.context["rows"]] == [slipped.pk]
    assert opened.context["rows"][0]["sum"] == D(-960)


def take(tenant, clock, monday):
    clock.move_to(
        datetime.combine(monday, datetime.min.time(), UTC) + timedelta(minutes=5)
    )
    with tenant_scope(tenant.pk):
        services.take_forecast(monday)


def test_accuracy_compares_the_quarters_begin_with_what_became_of_it(
    sign_in, lead, csm, tenant, clock
):
    """Four deals of 1,200 at 80 %: one renewed at 1,300, one lost, one slipped, one
    still open and overdue when the quarter was over (slipped too)."""
    clock.move_to(datetime(2026, 9, 1, tzinfo=UTC))
    renewed, lost, slipped, overdue = make(tenant, 4, owner=csm)
    call(tenant, renewed, level="csm", category="commit", by=csm)
    take(tenant, clock, date(2026, 9, 28))
    clock.move_to(datetime(2026, 11, 2, tzinfo=UTC))
    with tenant_scope(tenant.pk):
        day = date(2026, 11, 2)
        services.close_renewal(
            renewed, result="renewed", amount=D(1300), by=csm, on=day
        )
        services.close_renewal(
            lost, result="lost", reason="price", detail="x", by=csm, on=day
        )
        Contract.objects.filter(pk=slipped.contract_id).update(ends_on=date(2027, 2, 1))
        services.sync_renewals(on=day)
    take(tenant, clock, date(2027, 1, 4))

    client = sign_in(lead)
    found = client.get(PAGE + "accuracy/").context["tracks"]

    row = next(r for r in found if str(r["track"].quarter) == "2026-Q4")
    track = row["track"]
    assert (track.is_over, track.is_begun_late) == (True, False)
    assert (track.begun.value, track.ended.won) == (D(4800), D(1300))
    told = {str(one["word"]): (one["cells"][1][1], one["error"]) for one in row["who"]}
    # (3,840 − 1,300) / 1,300; (1,200 − 1,300) / 1,300; (0 − 1,300) / 1,300
    assert {w: (likely, round(e, 4)) for w, (likely, e) in told.items()} == {
        "Automatic": (D(3840), D("1.9538")),
        "CSM": (D(1200), D("-0.0769")),
        "Lead": (D(0), D("-1.0000")),
    }
    # Each figure opens the deals that it is the sum of.
    opened = [row["won_url"], *(one["cells"][1][2] for one in row["who"])]
    sums = [client.get(f"{PAGE}deals/?{asked}").context["total"] for asked in opened]
    assert sums == [D(1300), D(3840), D(1200), D(0)]
    assert (track.slipped.count, track.slipped.value) == (2, D(2400))
    assert row["slipped_share"] == D("0.5")
    assert track.moved["auto"].sums == {
        "renewed": D(340),
        "lost": D(-960),
        "slipped": D(-1920),
    }


def test_a_csm_calls_own_deals_and_the_lead_has_the_last_word(
    csm_client, lead_client, csm, lead, tenant
):
    renewal = make(tenant, owner=csm)

    said = {"level": "csm", "category": "likely", "amount": "1000", "note": "CFO left"}
    assert csm_client.post(calls_url(renewal), said).status_code == 302
    final = {"level": "lead", "category": "out", "note": ""}
    assert lead_client.post(calls_url(renewal), final).status_code == 302

    with tenant_scope(tenant.pk):
        found = ForecastCall.objects.order_by("at", "level").values_list(
            "level", "category", "amount", "note", "by"
        )
        assert list(found) == [
            ("csm", "likely", D(1000), "CFO left", csm.pk),
            ("lead", "out", None, "", lead.pk),
        ]
        audit = AuditEntry.objects.filter(action="renewal.called")
        assert sorted(entry.after["level"] for entry in audit) == ["csm", "lead"]
    page = csm_client.get(calls_url(renewal))
    assert (page.context["csm"].category, page.context["lead"].category) == (
        "likely",
        "out",
    )


def test_the_panel_tells_what_the_automatic_forecast_was_made_of(
    csm_client, csm, tenant
):
    kept, lost, still = make(tenant, 3, owner=csm)
    with tenant_scope(tenant.pk):
        day = date(2026, 11, 24)
        services.close_renewal(kept, result="renewed", amount=D(1), by=csm, on=day)
        services.close_renewal(
            lost, result="lost", reason="price", detail="x", by=csm, on=day
        )

    with time_machine.travel("2026-11-24T13:00:00Z", tick=False):
        page = csm_client.get(calls_url(still), headers={"HX-Request": "true"})

    # (10 × 0.8 + 1) / (10 + 2)
    assert '<b class="tabular">75%</b>' in page.content.decode()
    assert "1 of 2 like it renewed" in page.content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"level": "lead", "category": "commit"}, "level"),
        ({"level": "csm", "category": "maybe"}, "category"),
        ({"level": "csm", "category": "commit", "amount": "-1"}, "amount"),
    ],
)
def test_a_bad_call_is_422_at_the_field(csm_client, csm, tenant, said, field):
    renewal = make(tenant, owner=csm)

    response = csm_client.post(calls_url(renewal), said)

    assert response.status_code == 422
    fields = [name for name in response.context["form"].errors if name != "__all__"]
    assert fields in ([field], [])
    with tenant_scope(tenant.pk):
        assert ForecastCall.objects.count() == 0


def test_a_decided_deal_is_not_called(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm)
    with tenant_scope(tenant.pk):
        services.close_renewal(
            renewal, result="renewed", amount=D(1), by=csm, on=date(2026, 11, 24)
        )

    said = {"level": "csm", "category": "commit"}

    assert csm_client.post(calls_url(renewal), said).status_code == 409


def test_who_may_call(csm_client, viewer_client, stranger_client, lead, viewer, tenant):
    renewal = make(tenant, owner=lead)
    said = {"level": "csm", "category": "commit"}

    assert csm_client.get(calls_url(renewal)).status_code == 200
    assert csm_client.post(calls_url(renewal), said).status_code == 404
    assert viewer_client.get(PAGE).status_code == 200
    assert viewer_client.get(calls_url(renewal)).context["form"] is None
    assert viewer_client.post(calls_url(renewal), said).status_code == 404
    for page in (PAGE, PAGE + "deals/", PAGE + "moves/", PAGE + "accuracy/"):
        assert stranger_client.get(page).status_code == 404
    assert stranger_client.post(calls_url(renewal), said).status_code == 404
    with tenant_scope(tenant.pk):
        assert (ForecastCall.objects.count(), Renewal.objects.count()) == (0, 1)


def test_the_ledger_is_taken_away_as_a_table(lead_client, csm, tenant):
    make(tenant, owner=csm, name="Nova")

    text = lead_client.get(PAGE + "deals/?export=csv").content.decode()

    lines = text.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Nova,")
    assert lines[1].endswith(",960.00")


def test_an_empty_forecast_says_what_would_stand_there(lead_client, tenant):
    page = lead_client.get(PAGE).content.decode()

    assert "Nothing is decided in this quarter" in page
    for rest in ("deals/", "moves/", "accuracy/"):
        assert lead_client.get(PAGE + rest).status_code == 200


def test_a_deal_that_cannot_be_opened_any_more_stays_in_what_was_written(
    lead_client, csm, tenant, clock
):
    kept, deleted, archived = make(tenant, 3, owner=csm)
    clock.move_to(datetime(2026, 11, 16, 0, 5, tzinfo=UTC))
    with tenant_scope(tenant.pk):
        services.keep_versions()
    take(tenant, clock, date(2026, 11, 30))
    clock.move_to(datetime(2026, 12, 6, 12, tzinfo=UTC))
    with tenant_scope(tenant.pk):
        delete_fact(CONTRACTS, deleted.contract, by=csm)
        archive_account(archived.account, by=csm)

    asked = "whose=all&since=2026-11-30"
    deals = lead_client.get(f"{PAGE}deals/?{asked}")
    moves = lead_client.get(f"{PAGE}moves/?{asked}")

    there = {row["deal"].renewal_id: row["is_there"] for row in deals.context["lines"]}
    assert there == {kept.pk: True, deleted.pk: False, archived.pk: False}
    for page in (deals, moves):
        text = page.content.decode()
        assert f"/renewals/{deleted.pk}/" not in text
        assert f"/renewals/{archived.pk}/" not in text
        assert text.count('<span class="tag">contract deleted</span>') == 1
    assert deals.content.decode().count('<span class="tag">archived</span>') == 1


@pytest.mark.parametrize(("rest", "module"), [("deals", "deals"), ("moves", "moves")])
def test_a_long_list_goes_on_on_another_page(
    lead_client, csm, tenant, clock, monkeypatch, rest, module
):
    monkeypatch.setattr(f"renewals.views.forecast_{module}.ROWS", 2)
    with tenant_scope(tenant.pk):
        services.take_forecast(date(2026, 11, 16))
    made = make(tenant, 3, owner=csm)
    name = {"deals": "lines", "moves": "rows"}[rest]

    pages = [lead_client.get(f"{PAGE}{rest}/?page={n}") for n in (1, 2)]

    shown = [[row["deal"].renewal_id for row in one.context[name]] for one in pages]
    assert [len(rows) for rows in shown] == [2, 1]
    assert sorted(shown[0] + shown[1]) == sorted(one.pk for one in made)
    assert 'rel="next" href="?page=2"' in pages[0].content.decode()
