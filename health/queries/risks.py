"""The learned risk and its models, as their page shows them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import Account
from health.models import Risk, RiskModel
from health.queries.grounds import Reason, reasons_of, topic_of

LISTED = 20
VERSIONS = 24
FRESH = timedelta(days=7)


@dataclass(frozen=True)
class Judged:
    """An account with its learned risk and the reasons for it."""

    account: Account
    day: date
    probability: float
    reasons: list[Reason]
    model: RiskModel


@dataclass(frozen=True)
class Topic:
    """A topic, and how much of what the model weighs lies there."""

    label: str
    share: float


def model_in_force() -> RiskModel | None:
    """The newest version that learned something; None: there is none yet."""
    trained = RiskModel.objects.filter(state=RiskModel.State.TRAINED)
    return trained.order_by("-version").first()


def newest_model() -> RiskModel | None:
    """The newest version, whatever it learned."""
    return RiskModel.objects.order_by("-version").first()


def is_learning(newest: RiskModel | None) -> bool:
    """Whether a worker is at it; one that failed waits for another try."""
    return (
        newest is not None
        and newest.state == RiskModel.State.LEARNING
        and "error" not in newest.validation
    )


def versions() -> list[RiskModel]:
    found = RiskModel.objects.order_by("-version").defer("coefficients")
    return list(found[:VERSIONS])


def riskiest(model: RiskModel, visible) -> list[Judged]:
    """The accounts most likely to be lost by the last full day of judging."""
    if model.judged_on is None:
        return []
    risks = Risk.objects.filter(day=model.judged_on, account__in=visible)
    newest = risks.select_related("account", "model")
    return [_judged(one) for one in newest.order_by("-probability", "account")[:LISTED]]


def risk_of(account: Account, *, on: date) -> Judged | None:
    """The newest learned risk of an account, not older than a week."""
    risks = Risk.objects.filter(account=account, day__gt=on - FRESH, day__lte=on)
    newest = risks.select_related("account", "model").order_by("-day").first()
    return None if newest is None else _judged(newest)


def _judged(risk: Risk) -> Judged:
    return Judged(
        risk.account, risk.day, risk.probability, reasons_of(risk.reasons), risk.model
    )


def topics_of(model: RiskModel) -> list[Topic]:
    """Where the weight lies: the sizes of the weights by topic, the largest first."""
    sizes: dict[str, float] = {}
    weights: list[dict[str, Any]] = model.coefficients.get("weights", [])
    for one in weights:
        sizes[one["topic"]] = sizes.get(one["topic"], 0.0) + abs(one["weight"])
    whole = sum(sizes.values()) or 1.0
    ordered = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    return [Topic(topic_of(key), size / whole) for key, size in ordered]
