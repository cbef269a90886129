"""What is reached without a workspace: sign-in, the API, usage, probes."""

from django.conf import settings
from django.urls import include, path

from cs_platform import styleguide
from cs_platform.lib import probes
from renewals.views import feed

handler500 = "cs_platform.lib.outage.server_error"

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("api/v1/", include("cs_platform.api_urls")),
    path("", include("usage.api.urls")),
    path("", include("django_prometheus.urls")),
    path("calendar/<str:token>.ics", feed.calendar_feed, name="calendar-feed"),
    path("", include("nps.public_urls")),
    path("", include("qbr.public_urls")),
    path("", include("tenants.public_urls")),
]

if settings.DEBUG:
    urlpatterns += [path("styleguide/", styleguide.styleguide, name="styleguide")]
