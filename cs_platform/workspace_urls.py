"""What is reached inside a workspace, below /t/<slug>/."""

from django.urls import include, path

handler500 = "cs_platform.lib.outage.server_error"

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("insights.urls")),
    path("", include("integrations.urls")),
    path("", include("tenants.urls")),
    path("", include("health.urls")),
    path("", include("worklist.urls")),
    path("", include("messaging.urls")),
    path("", include("renewals.urls")),
    path("", include("qbr.urls")),
    path("", include("qbr.report_urls")),
    path("", include("usage.urls")),
    path("", include("nps.urls")),
]
