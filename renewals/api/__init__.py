from renewals.api.deals import ChecklistViewSet, MoveViewSet, RiskViewSet
from renewals.api.forecast import ForecastCallViewSet, ForecastViewSet
from renewals.api.offers import OfferViewSet
from renewals.api.opportunities import OpportunityViewSet
from renewals.api.outcomes import OutcomeViewSet
from renewals.api.renewals import RenewalViewSet

__all__ = [
    "OpportunityViewSet",
    "ChecklistViewSet",
    "ForecastCallViewSet",
    "ForecastViewSet",
    "MoveViewSet",
    "OfferViewSet",
    "OutcomeViewSet",
    "RenewalViewSet",
    "RiskViewSet",
]
