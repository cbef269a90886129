from renewals.api.forecast import ForecastCallViewSet, ForecastViewSet
from renewals.api.renewals import RenewalViewSet

__all__ = ["ForecastCallViewSet", "ForecastViewSet", "RenewalViewSet"]
