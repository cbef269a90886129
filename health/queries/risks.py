"""The learned risk and its models, as their page shows them."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Account
from health.models import Risk, RiskModel
from health.queries.grounds import Reason, reasons_of, topic_of

LISTED = 20
VERSIONS = 24


@dataclass(frozen=True)
class Judged:
    """An account with its learned risk and the reasons for it."""

    account: Account
    probability: float
    reasons: list[Reason]


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


def versions() -> list[RiskModel]:
    found = RiskModel.objects.order_by("-version").defer("coefficients")
    return list(found[:VERSIONS])


def riskiest(model: RiskModel, visible) -> list[Judged]:
    """The accounts most likely to be lost by the last full day of judging."""
    if model.judged_on is None:
        return []
    risks = Risk.objects.filter(day=model.judged_on, account__in=visible)
    newest = risks.select_related("account").order_by("-probability", "account")
    return [
        Judged(one.account, one.probability, reasons_of(one.reasons))
        for one in newest[:LISTED]
    ]


def topics_of(model: RiskModel) -> list[Topic]:
    """Where the weight lies: the sizes of the weights by topic, the largest first."""
    sizes: dict[str, float] = {}
    weights: list[dict[str, Any]] = model.coefficients["weights"]
    for one in weights:
        sizes[one["topic"]] = sizes.get(one["topic"], 0.0) + abs(one["weight"])
    whole = sum(sizes.values()) or 1.0
    ordered = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    return [Topic(topic_of(key), size / whole) for key, size in ordered]
