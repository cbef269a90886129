from datetime import timedelta

import pytest

from accounts.models import Account
from health import services
from health.models import Loss, Risk, RiskModel
from health.queries import learning
from health.queries.risks import model_in_force
from health.services import training
from tenants.scoping import all_tenants, tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.health import ScorecardFactory, use
from tests.factories.tenants import TenantFactory
from tests.health.past import live, refresh_mrr
from tests.health.worked import NOW, TODAY, days_ago


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """A year and a half is all that the made-up past holds."""
    monkeypatch.setattr(training, "MONTHS", 15)


MODEL = {
    "weights": [
        {"key": "days_180", "topic": "often", "mean": 2.0, "deviation": 1.0, "weight": -1.0},
        {"key": "days_since_last", "topic": "last", "mean": 2.0, "deviation": 1.0, "weight": 0.5},
        {"key": "signal:nps", "topic": "signal:nps", "mean": 2.0, "deviation": 0.5, "weight": -0.2},
    ],
    "intercept": -1.0,
    "slope": 1.0,
    "offset": 0.0,
}  # fmt: skip


def model(**fields):
    values = {
        "version": 1,
        "state": RiskModel.State.TRAINED,
        "outcome": Loss.SILENT,
        "horizon_days": 90,
        "trained_at": NOW,
        "coefficients": MODEL,
    }
    return RiskModel.objects.create(**values | fields)


@pytest.mark.slow
def test_it_learns_from_who_was_lost(in_tenant):
    ScorecardFactory()
    live(90)

    found = services.train_risk_model()

    assert (found.state, found.outcome, found.version) == ("trained", "lost", 1)
    assert found.validation["counts"]["losses"] == 45
    ways = found.validation["report"]["ranking_learned"]["ways"]
    assert [way["way"] for way in ways] == ["learned", "draft", "days", "recency"]
    assert ways[0]["low"] > 0.5
    assert "listed" not in found.validation["report"]


@pytest.mark.slow
def test_where_use_says_nothing_it_says_that_it_found_nothing(in_tenant):
    ScorecardFactory()
    live(90, fades=False)

    found = services.train_risk_model()

    assert found.outcome == "lost"
    assert found.state == "nothing"
    assert found.coefficients == {}
    assert model_in_force() is None


def test_with_little_history_it_says_how_much_there_is(in_tenant):
    ScorecardFactory()
    live(6)

    found = services.train_risk_model()

    assert found.state == "not_enough"
    counts = found.validation["counts"]
    assert (counts["losses"], counts["needed"]) == (3, 30)


def test_an_empty_workspace_learns_nothing_and_does_not_break(in_tenant):
    found = services.train_risk_model()

    assert (found.state, found.validation["counts"]["losses"]) == ("not_enough", 0)


def test_the_newest_that_learned_something_is_in_force(in_tenant):
    model()
    newer = model(version=2)
    model(version=3, state=RiskModel.State.NOT_ENOUGH, coefficients={})

    assert model_in_force() == newer


def test_every_account_to_which_it_can_happen_is_judged_once(in_tenant):
    made = model()
    account, idle = AccountFactory(), AccountFactory()
    use(account, days_ago(40, 41, 42))
    use(idle, days_ago(200))
    AccountFactory()

    assert services.judge_risks(limit=2) is True
    assert services.judge_risks(limit=2) is True
    assert services.judge_risks(limit=2) is False

    risk = Risk.objects.get()
    assert (risk.account_id, risk.day, risk.model_id) == (account.pk, TODAY, made.pk)
    # log odds: -1 - (ln 4 - 2) + 0.5 (ln 41 - 2)
    assert round(risk.probability, 4) == 0.6155
    assert risk.reasons == [
        {"key": "last", "effect": 0.8568, "value": {"days_since_last": 40}},
        {"key": "often", "effect": 0.6137, "value": {"days_180": 3}},
    ]


def test_judging_again_replaces_the_day(in_tenant):
    made = model()
    account = AccountFactory()
    use(account, days_ago(3))
    services.judge_risks()
    before = Risk.objects.get().probability
    use(account, days_ago(0, 1, 2))
    RiskModel.objects.filter(pk=made.pk).update(judged_on=None)

    services.judge_risks()

    assert Risk.objects.get().probability < before


def test_of_losses_of_revenue_only_payers_are_asked(in_tenant):
    model(outcome=Loss.LOST)
    payer = AccountFactory(mrr=100)
    AccountFactory(mrr=0)
    AccountFactory(mrr=100, lifecycle_stage="churned")

    services.judge_risks()

    assert list(Risk.objects.values_list("account", flat=True)) == [payer.pk]


def test_without_a_model_nobody_is_judged(in_tenant):
    use(AccountFactory(), days_ago(1))

    assert services.judge_risks() is False


@pytest.mark.slow
def test_a_night_goes_through_the_library_only_once(in_tenant):
    """What is learned can be used, explained and kept as plain numbers."""
    ScorecardFactory()
    live(90)
    refresh_mrr()
    services.train_risk_model()

    while services.judge_risks(limit=20):
        pass

    paying = Account.objects.filter(mrr__gt=0).count()
    risks = list(Risk.objects.all())
    assert len(risks) == paying
    assert all(1 <= len(risk.reasons) <= 3 for risk in risks)


# When it is due


def test_a_version_is_due_by_what_the_newest_says(in_tenant):
    assert learning.is_due(None)
    for state, days in (
        ("trained", 30),
        ("not_enough", 7),
        ("nothing", 30),
        ("learning", 1),
    ):
        fresh = RiskModel(
            state=state, trained_at=NOW - timedelta(days=days, seconds=-1)
        )
        old = RiskModel(state=state, trained_at=NOW - timedelta(days=days))
        assert (learning.is_due(fresh), learning.is_due(old)) == (False, True)


def test_it_learns_when_due_and_not_again(tenant):
    assert services.learn_when_due(tenant.pk) is True
    assert services.learn_when_due(tenant.pk) is False

    with tenant_scope(tenant.pk):
        assert RiskModel.objects.get().state == "not_enough"


def test_what_goes_wrong_is_told_and_tried_again_tomorrow(
    tenant, monkeypatch, time_machine
):
    def fail(*args):
        raise MemoryError("too much")

    monkeypatch.setattr(training, "_learn", fail)
    services.learn_when_due(tenant.pk)
    monkeypatch.undo()

    with tenant_scope(tenant.pk):
        left = RiskModel.objects.get()
        assert (left.state, left.validation) == (
            "learning",
            {"error": "MemoryError: too much"},
        )
    assert services.learn_when_due(tenant.pk) is False
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    assert services.learn_when_due(tenant.pk) is True
    with tenant_scope(tenant.pk):
        assert RiskModel.objects.get().state == "not_enough"


def test_asked_for_it_learns_at_once(tenant, ops):
    services.learn_when_due(tenant.pk)

    with tenant_scope(tenant.pk):
        services.ask_to_learn(by=ops)
        services.ask_to_learn(by=ops)

    assert services.learn_when_due(tenant.pk) is True
    with tenant_scope(tenant.pk):
        assert list(
            RiskModel.objects.values_list("version", "state").order_by("version")
        ) == [
            (1, "not_enough"),
            (2, "not_enough"),
        ]


def test_who_has_something_to_do(committed):
    tenant, other_tenant = TenantFactory(), TenantFactory()
    with tenant_scope(tenant.pk):
        model(judged_on=TODAY - timedelta(days=1))
    with tenant_scope(other_tenant.pk):
        model(judged_on=TODAY, trained_at=NOW - timedelta(days=30))

    with all_tenants("a test"):
        assert learning.tenants_to_judge() == [tenant.pk]
        assert learning.tenants_to_learn() == [other_tenant.pk]
        assert learning.tenants_with_backtests() == []
