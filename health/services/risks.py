"""The learned risk of every account, once a day. Needs no scikit-learn."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from accounts.models import Account
from cs_platform.lib import clock
from health.learning.outcomes import silent
from health.learning.weights import probability, topics_of
from health.models import Loss, Risk, RiskModel
from health.queries.known import Known, known_of
from health.queries.moments import Moment, moment
from health.queries.risks import model_in_force
from health.services.comparing import compare_anew
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

SLICE = 1000
REASONS = 3
# Older risks are of use to nobody: what came of them is in the models' validation.
KEPT = timedelta(days=400)


def judge_risks(*, limit: int = SLICE) -> bool:
    """Judge the next accounts of today by the newest model; False: nothing is left.

    The slice and how far it got commit together, in the transaction of the scope; a day
    that was begun and not finished is begun anew on the next. Writing a day twice
    replaces it.
    """
    tenant = Tenant.objects.get(pk=current_tenant_id())
    now = clock.now()
    today = clock.day_of(now, tenant.timezone)
    newest = model_in_force()
    if newest is None:
        return False
    mine = RiskModel.objects.filter(pk=newest.pk).exclude(judged_on=today)
    model = mine.select_for_update(skip_locked=True).first()
    if model is None:
        return False
    reached = model.reached if model.judging_on == today else None
    accounts = Account.objects.current().order_by("pk")
    if reached is not None:
        accounts = accounts.filter(pk__gt=reached)
    account_ids = list(accounts.values_list("pk", flat=True)[:limit])
    _write(model, account_ids, moment(tenant, today, now=now))
    model.judging_on, model.reached = today, account_ids[-1] if account_ids else None
    if len(account_ids) < limit:
        model.judged_on, model.reached = today, None
        Risk.objects.filter(day__lt=today - KEPT).delete()
        compare_anew()
    model.save(update_fields=["judged_on", "judging_on", "reached"])
    return True


def _write(model: RiskModel, account_ids: Iterable[UUID], then: Moment) -> None:
    known = known_of(account_ids, then)
    payers = _payers(account_ids, then.day) if model.outcome == Loss.LOST else None
    Risk.objects.bulk_create(
        [
            _risk(model, pk, one, then)
            for pk, one in sorted(known.items())
            if _can_happen(model, one, pk, payers, then.day)
        ],
        update_conflicts=True,
        unique_fields=["tenant", "account", "day"],
        update_fields=["probability", "reasons", "model"],
    )


def _payers(account_ids: Iterable[UUID], day: date) -> set[UUID]:
    """Who has recurring revenue to be lost."""
    paying = Account.objects.filter(pk__in=list(account_ids), mrr__gt=0)
    return set(paying.values_list("pk", flat=True))


def _can_happen(model, known: Known, pk, payers, day) -> bool:
    """It is asked of those it was learned from: payers, or those lately active."""
    if payers is not None:
        return pk in payers
    since = known.habits.days_since_last
    return silent(since, None, day, model.horizon_days) is not None


def _risk(model: RiskModel, pk: UUID, known: Known, then: Moment) -> Risk:
    traits = known.traits
    strongest = topics_of(model.coefficients, traits)[:REASONS]
    return Risk(
        tenant=then.tenant,
        account_id=pk,
        day=then.day,
        probability=probability(model.coefficients, traits),
        reasons=[
            {"key": topic, "effect": round(part, 4), "value": known.told(topic)}
            for topic, part in strongest
            if part
        ],
        model=model,
    )
