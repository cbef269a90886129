"""Which tenants have something to learn, to judge or to replay. Looks over the wall."""

from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Account
from cs_platform.lib import clock
from health.models import Backtest, Comparison, RiskModel
from tenants.models import Tenant

# How long a slice of scores takes at most from its instant to its commit.
SETTLING = timedelta(seconds=20)
LONG_AGO = Value(datetime(2000, 1, 1, tzinfo=UTC))
# How old the newest model may be: one that learned something, one that did not, and one
# that was begun and never finished.
DUE = {
    RiskModel.State.TRAINED: timedelta(days=30),
    RiskModel.State.NOT_ENOUGH: timedelta(days=7),
    RiskModel.State.NOTHING: timedelta(days=30),
    RiskModel.State.LEARNING: timedelta(days=1),
}


def is_due(newest: RiskModel | None) -> bool:
    """Whether a model is to be learned beside the newest one there is."""
    if newest is None:
        return True
    return clock.now() - newest.trained_at >= DUE[RiskModel.State(newest.state)]


def tenants_with_backtests() -> list[int]:
    states = (Backtest.State.WAITING, Backtest.State.RUNNING)
    found = Backtest.objects.filter(state__in=states).values_list(
        "tenant_id", flat=True
    )
    return sorted(set(found))


def tenants_to_compare() -> list[int]:
    """Those with accounts that were scored since they were compared."""
    compared = Comparison.objects.filter(tenant=OuterRef("pk"))
    scored = Account.objects.filter(
        scored_at__gt=Coalesce(OuterRef("through"), LONG_AGO),
        tenant=OuterRef("pk"),
        scored_at__lte=settled(),
    )
    tenants = Tenant.objects.annotate(
        through=Subquery(compared.values("through")[:1]),
        reached=Subquery(compared.values("reached")[:1]),
    )
    waiting = tenants.filter(Q(reached__isnull=False) | Exists(scored))
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def settled() -> datetime:
    """Scores of before are committed; others that began before may still come."""
    return clock.now() - SETTLING


def tenants_to_judge() -> list[int]:
    """Those whose model in force did not judge every account today."""
    now = clock.now()
    trained = RiskModel.objects.filter(state=RiskModel.State.TRAINED)
    newest = trained.order_by("tenant", "-version").distinct("tenant")
    judged = dict(newest.values_list("tenant_id", "judged_on"))
    zones = Tenant.objects.filter(pk__in=judged).values_list("pk", "timezone")
    return [pk for pk, zone in zones if judged[pk] != clock.day_of(now, zone)]


def tenants_to_learn() -> list[int]:
    models = RiskModel.objects.order_by("tenant", "-version").distinct("tenant")
    newest = {
        one.tenant_id: one for one in models.only("tenant", "state", "trained_at")
    }
    tenants = Tenant.objects.order_by("pk").values_list("pk", flat=True)
    return [pk for pk in tenants if is_due(newest.get(pk))]
