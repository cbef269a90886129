"""The pages of backtests and of the learned risk."""

import re
from datetime import date, timedelta

import plotly.graph_objects as go
import pytest

from health import services
from health.learning import figures
from health.models import Backtest, Risk, RiskModel, Scorecard, Shift
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.health import ScorecardFactory, use
from tests.health.past import live, refresh_mrr
from tests.health.test_backtests import finish, only_days, started
from tests.health.test_risks import model
from tests.health.worked import NOW, TODAY, days_ago

URL = "/t/acme/settings/scorecard/backtests/"
RISK = "/t/acme/settings/scorecard/risk/"


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def done(tenant, ops):
    """A backtest with a report of a few losses and one account that changes colour."""
    with tenant_scope(tenant.pk):
        live(12)
        refresh_mrr()
        busy = AccountFactory(name="Busy", mrr=300)
        use(busy, days_ago(*range(20)))
        backtest = started(ops)
    finish(tenant.pk)
    with tenant_scope(tenant.pk):
        backtest.refresh_from_db()
        return backtest


def form(card, **fields):
    return {
        "card": card.pk,
        "outcome": "silent",
        "horizon_days": 60,
        "step": "quarter",
        "first": "2025-01-01",
        "last": "2026-03-01",
    } | fields


def chosen(response):
    """The option that stands chosen in the form."""
    return re.findall(r'<option value="([^"]+)" selected>', response.text)[0]


@pytest.fixture
def card(tenant):
    with tenant_scope(tenant.pk):
        return Scorecard.objects.create(name="New", version=1, definition=only_days())


def test_the_form_begins_with_the_draft_it_was_opened_for(card, tenant, ops_client):
    with tenant_scope(tenant.pk):
        services.ensure_cards()
        Scorecard.objects.create(name="Newer", version=1, definition=only_days())

    response = ops_client.get(URL, {"card": str(card.pk)})

    assert chosen(response) == str(card.pk)


@pytest.mark.parametrize("card", ["nonsense", "0"])
def test_the_form_begins_with_the_newest_draft_when_asked_for_nonsense(
    ops_client, card
):
    assert ops_client.get(URL, {"card": card}).status_code == 200


# Who may


@pytest.mark.parametrize("path", [URL, RISK])
def test_who_may_see_the_pages(
    path, csm_client, viewer_client, lead_client, ops_client, sign_in, stranger
):
    clients = (lead_client, ops_client, csm_client, viewer_client, sign_in(stranger))
    codes = [client.get(path).status_code for client in clients]

    assert codes == [200, 200, 404, 404, 404]


def test_who_may_start(card, tenant, csm_client, lead_client, ops_client, admin_client):
    clients = (csm_client, lead_client, ops_client, admin_client)
    codes = [client.post(f"{URL}new/", form(card)).status_code for client in clients]

    assert codes == [404, 404, 302, 302]
    with tenant_scope(tenant.pk):
        assert Backtest.objects.count() == 2


def test_who_may_have_it_learn(tenant, lead_client, ops_client, csm_client):
    codes = [
        client.post(f"{RISK}learning/").status_code
        for client in (csm_client, lead_client, ops_client)
    ]

    assert codes == [404, 404, 302]
    with tenant_scope(tenant.pk):
        assert RiskModel.objects.get().state == "learning"


def test_another_tenants_backtest_is_not_there(
    tenant, other_tenant, ops_client, stranger
):
    with tenant_scope(other_tenant.pk):
        theirs = started(stranger)

    paths = ("", "shifts/", "retry/", "publication/")
    codes = [
        getattr(ops_client, "get" if number < 2 else "post")(
            f"{URL}{theirs.pk}/{path}"
        ).status_code
        for number, path in enumerate(paths)
    ]

    assert codes == [404] * 4


# Starting


def test_a_start_is_kept_as_asked(card, tenant, ops_client, ops):
    response = ops_client.post(f"{URL}new/", form(card))

    with tenant_scope(tenant.pk):
        made = Backtest.objects.get()
        assert response["Location"] == f"{URL}{made.pk}/"
        assert (made.draft_id, made.definition) == (card.pk, card.definition)
        assert (made.outcome, made.horizon_days, made.step) == ("silent", 60, "quarter")
        assert (made.first, made.last) == (date(2025, 1, 1), date(2026, 3, 1))
        assert (made.state, made.by) == ("waiting", ops)
        assert made.result["published_name"] == "Points 1"


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"last": "2026-03-20"}, "last"),
        ({"first": "2026-02-01", "last": "2026-01-01"}, "last"),
        ({"first": "2026-01-02", "last": "2026-01-20"}, "step"),
        ({"first": "2016-01-02", "step": "month"}, "step"),
        ({"horizon_days": 3}, "horizon_days"),
    ],
)
def test_what_cannot_be_asked_says_why(card, tenant, ops_client, fields, at):
    response = ops_client.post(f"{URL}new/", form(card, **fields))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [at]
    with tenant_scope(tenant.pk):
        assert Backtest.objects.count() == 0


@pytest.mark.parametrize("backtests", [1, 3])
def test_the_list_query_count(
    card, tenant, ops, lead_client, backtests, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for _ in range(backtests):
            services.start_backtest(
                card, outcome="lost", horizon_days=90, first=TODAY - timedelta(400),
                last=TODAY - timedelta(100), step="month", by=ops,
            )  # fmt: skip
    lead_client.get(URL)

    with django_assert_num_queries(LIST_QUERIES):
        response = lead_client.get(URL)

    assert len(response.context["backtests"]) == backtests


# The report


@pytest.mark.slow
def test_a_report_shows_everything(done, ops_client):
    response = ops_client.get(f"{URL}{done.pk}/")

    assert response.status_code == 200
    context = response.context
    assert [way.label for way in context["ways"]] == [
        "Replayed: Points 2",
        "In force: Points 1",
        "Active days in 180",
        "Days since last use",
    ]
    assert set(context["figures"]) == {"ranking", "bands", "scores", "leads"}
    assert len(context["losses"]) == context["found"]["losses"] > 2
    assert context["moved"] >= 1
    assert context["may_publish"] is True


@pytest.mark.slow
def test_a_report_names_what_it_read_as_it_is_today(done, ops_client):
    response = ops_client.get(f"{URL}{done.pk}/")

    in_force = ("In force: Points 1", ["Open critical tickets"])
    assert response.context["undated"] == [in_force]
    assert done.result["undated"] == {"draft": [], "published": ["critical_tickets"]}
    assert "Open critical tickets" in response.text


def test_every_figure_is_one_to_plotly(done, ops_client):
    tenths = [
        {"key": str(n), "foretold": n / 10, "value": n / 11, "low": 0, "high": 1}
        for n in range(10)
    ]
    shown = ops_client.get(f"{URL}{done.pk}/").context["figures"]
    shown["calibration"] = figures.calibration(tenths, "a", "b", ("x", "y"))

    for figure in shown.values():
        go.Figure(figure)


@pytest.mark.slow
def test_the_page_speaks_russian(done, ops_client, ops):
    ops.language = "ru"
    ops.save()

    text = ops_client.get(f"{URL}{done.pk}/").text

    assert "Кто ранжирует лучше?" in text


@pytest.mark.slow
def test_a_csm_sees_no_report_and_a_lead_cannot_publish(done, lead_client, csm_client):
    page = f"{URL}{done.pk}/"

    assert csm_client.get(page).status_code == 404
    assert lead_client.get(page).context["may_publish"] is False
    assert lead_client.post(f"{page}publication/").status_code == 404


@pytest.mark.slow
def test_publishing_from_a_report_puts_the_draft_in_force(done, ops_client, tenant):
    response = ops_client.post(f"{URL}{done.pk}/publication/")

    assert response.status_code == 302
    with tenant_scope(tenant.pk):
        draft = Scorecard.objects.get(pk=done.draft_id)
        assert draft.published_at == NOW


@pytest.mark.slow
def test_a_draft_that_was_changed_since_is_not_published(done, ops_client, tenant):
    with tenant_scope(tenant.pk):
        changed = only_days([{"points": 5}])
        Scorecard.objects.filter(pk=done.draft_id).update(definition=changed)

    ops_client.post(f"{URL}{done.pk}/publication/")

    with tenant_scope(tenant.pk):
        assert Scorecard.objects.get(pk=done.draft_id).published_at is None


def test_while_it_runs_the_page_asks_again(tenant, ops, lead_client):
    with tenant_scope(tenant.pk):
        backtest = started(ops)
        Backtest.objects.update(state="running", progress=0.4)

    text = lead_client.get(f"{URL}{backtest.pk}/").text

    assert 'data-live="3"' in text
    assert "40%" in text


def test_a_failed_one_says_why_and_offers_another_try(
    tenant, ops, ops_client, lead_client
):
    with tenant_scope(tenant.pk):
        backtest = started(ops)
        Backtest.objects.update(state="failed", error="died")
    page = f"{URL}{backtest.pk}/"

    response = ops_client.get(page)

    assert response.context["error"].startswith("The worker died again")
    assert "retry/" in response.text
    assert "retry/" not in lead_client.get(page).text
    assert ops_client.post(f"{page}retry/").status_code == 302
    with tenant_scope(tenant.pk):
        assert Backtest.objects.get().state == "waiting"


# What would change


@pytest.mark.parametrize("shifts", [1, 3])
def test_the_shifts_query_count(
    tenant, ops, lead_client, shifts, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        backtest = started(ops)
        for number in range(shifts):
            _shift(backtest, mrr=number)
    page = f"{URL}{backtest.pk}/shifts/"
    lead_client.get(page)

    with django_assert_num_queries(SHIFT_QUERIES):
        response = lead_client.get(page)

    assert len(response.context["rows"]) == shifts


def test_shifts_are_paged_by_revenue_and_filtered(tenant, ops, lead_client):
    with tenant_scope(tenant.pk):
        backtest = started(ops)
        for number in range(30):
            _shift(backtest, mrr=number)
        _shift(backtest, mrr=99, band_before="green", band_after="red")
    page = f"{URL}{backtest.pk}/shifts/"

    first = lead_client.get(page).context
    second = lead_client.get(f"{page}{first['next_url']}").context
    fallen = lead_client.get(f"{page}?was=green&becomes=red").context

    assert [int(row["mrr"]) for row in first["rows"]] == [99, *range(29, 5, -1)]
    assert [int(row["mrr"]) for row in second["rows"]] == [5, 4, 3, 2, 1, 0]
    assert [int(row["mrr"]) for row in fallen["rows"]] == [99]
    assert first["total"] == 31


def test_a_cursor_of_another_list_is_not_there(tenant, ops, lead_client):
    with tenant_scope(tenant.pk):
        backtest = started(ops)

    assert lead_client.get(f"{URL}{backtest.pk}/shifts/?after=x").status_code == 404


def _shift(backtest, *, mrr, band_before="red", band_after="green"):
    Shift.objects.create(
        backtest=backtest,
        account=AccountFactory(),
        band_before=band_before,
        band_after=band_after,
        score_before=20,
        score_after=90,
        mrr=mrr,
    )


# The learned risk


def test_before_anything_was_learned_the_page_says_so(lead_client):
    assert "Nothing was learned yet" in lead_client.get(RISK).text


@pytest.mark.parametrize(
    ("state", "validation", "asks_again"),
    [
        ("learning", {}, True),
        ("learning", {"error": "x"}, False),
        ("not_enough", {"counts": {"accounts": 0, "needed": 30}}, False),
    ],
)
def test_while_it_is_learned_the_page_asks_again(
    tenant, ops_client, state, validation, asks_again
):
    with tenant_scope(tenant.pk):
        model(state=state, validation=validation)

    page = ops_client.get(RISK).text

    assert ("data-live" in page, "Learn now" in page) == (asks_again, not asks_again)


def test_not_enough_history_says_how_much_there_is(tenant, lead_client):
    with tenant_scope(tenant.pk):
        ScorecardFactory()
        live(6)
        services.train_risk_model()

    text = " ".join(lead_client.get(RISK).text.split())

    assert "Not enough history" in text
    assert "6 accounts were seen: 3 losses" in text
    assert "At least 30 of each are needed" in text


def test_the_riskiest_come_with_their_reasons_in_words(tenant, lead_client):
    with tenant_scope(tenant.pk):
        made = model(
            judged_on=TODAY, validation={"counts": {"losses": 40, "accounts": 90}}
        )
        for name, chance in (("Calm", 0.1), ("Shaky", 0.8)):
            Risk.objects.create(
                tenant=tenant, account=AccountFactory(name=name), day=TODAY,
                probability=chance, model=made,
                reasons=[
                    {"key": "last", "effect": 0.9, "value": {"days_since_last": 40}},
                    {"key": "signal:nps", "effect": -0.2, "value": {"value": 9, "detail": None}},
                ],
            )  # fmt: skip

    response = lead_client.get(RISK)

    listed = response.context["riskiest"]
    assert [one.account.name for one in listed] == ["Shaky", "Calm"]
    assert [(r.label, r.found, r.raises) for r in listed[0].reasons] == [
        ("When it was last used", "40 days ago", True),
        ("Latest NPS answer", "9", False),
    ]
    assert [topic.label for topic in response.context["topics"]] == [
        "How often it is used",
        "When it was last used",
        "Latest NPS answer",
    ]


@pytest.mark.parametrize("accounts", [1, 3])
def test_the_risk_page_query_count(
    tenant, lead_client, accounts, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        made = model(
            judged_on=TODAY, validation={"counts": {"losses": 40, "accounts": 90}}
        )
        for _ in range(accounts):
            Risk.objects.create(
                tenant=tenant,
                account=AccountFactory(),
                day=TODAY,
                probability=0.5,
                model=made,
            )
    lead_client.get(RISK)

    with django_assert_num_queries(RISK_QUERIES):
        response = lead_client.get(RISK)

    assert len(response.context["riskiest"]) == accounts


LIST_QUERIES = 14
SHIFT_QUERIES = 15
RISK_QUERIES = 15


# The risk of one account


def _judge(tenant, name="Shaky", day=TODAY):
    with tenant_scope(tenant.pk):
        account = AccountFactory(name=name)
        made = model(judged_on=TODAY)
        Risk.objects.create(
            tenant=tenant, account=account, day=day, probability=0.62, model=made,
            reasons=[{"key": "often", "effect": 0.5, "value": {"days_180": 1}}],
        )  # fmt: skip
    return f"/t/acme/accounts/{account.pk}/health/risk/"


def test_an_account_shows_its_learned_risk_with_reasons(tenant, csm_client):
    page = _judge(tenant)

    part = csm_client.get(page, headers={"HX-Request": "true"})

    assert csm_client.get(page).context["risk"].probability == 0.62
    text = " ".join(part.text.split())
    assert "Learned risk 62%" in text
    assert "How often it is used: <b>1 active day in 180 days</b>" in text
    assert "<html" not in text


def test_a_risk_of_long_ago_is_not_shown(tenant, csm_client):
    page = _judge(tenant, day=TODAY - timedelta(days=7))

    part = csm_client.get(page, headers={"HX-Request": "true"})

    assert part.text.strip() == ""
    assert "Nothing learned says anything" in csm_client.get(page).text


def test_the_risk_of_another_tenants_account_is_not_there(tenant, sign_in, stranger):
    assert sign_in(stranger).get(_judge(tenant)).status_code == 404
