"""The learned risk and its models."""

from health.models import RiskModel


def model_in_force() -> RiskModel | None:
    """The newest version that learned something; None: there is none yet."""
    trained = RiskModel.objects.filter(state=RiskModel.State.TRAINED)
    return trained.order_by("-version").first()
