"""What every resource of the API stands on: a key, its scope, its rate, its replies."""

from tenants.api.viewset import TenantViewSet

__all__ = ["TenantViewSet"]
