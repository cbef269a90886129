"""The REST API, below /api/v1/. Each app registers its resources here, one line each."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from accounts.api import AccountViewSet
from cs_platform.api_docs import docs, no_such_page, openapi
from insights.api import RetentionViewSet

router = SimpleRouter()
# A client that leaves out the last slash means the same resource.
router.trailing_slash = "/?"
router.register("accounts", AccountViewSet, basename="account")
router.register("metrics/retention", RetentionViewSet, basename="metrics-retention")

urlpatterns = [
    path("schema/", openapi, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    *router.urls,
    re_path("", no_such_page),
]
