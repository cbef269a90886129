from renewals.api.renewals import RenewalViewSet

__all__ = ["RenewalViewSet"]
