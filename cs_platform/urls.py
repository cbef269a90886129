"""What is reached without a workspace: sign-in, the API, usage, probes."""

from django.urls import include, path

from cs_platform.lib import probes

handler500 = "cs_platform.lib.outage.server_error"

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("api/v1/", include("cs_platform.api_urls")),
    path("", include("django_prometheus.urls")),
    path("", include("tenants.public_urls")),
]
