"""The paths of client libraries, at the root, each with and without a last slash."""

from django.urls import re_path

from usage.api.bootstrap import ProjectSettings, SourceConfig
from usage.api.endpoint import KINDS, Metrics, Nowhere, Usage

app_name = "machine"

NAMES = "|".join(KINDS)
usage = Usage.as_view()

urlpatterns = [
    re_path(rf"^v1/(?P<name>{NAMES})/?$", usage, name="usage"),
    re_path(r"^beacon/v1/(?P<name>batch)/?$", usage, name="beacon"),
    re_path(
        r"^api/s/(?:s2s/)?(?P<name>track|identify|group|page)/?$", usage, name="single"
    ),
    re_path(r"^v1/m/?$", Metrics.as_view(), name="metrics"),
    re_path(
        r"^v1/projects/(?P<write_key>[^/]+)/settings/?$",
        ProjectSettings.as_view(),
        name="project-settings",
    ),
    re_path(r"^sourceConfig/?$", SourceConfig.as_view(), name="source-config"),
    re_path(r"^(?:v1|beacon|api/s|sourceConfig)(?:/(?s:.*))?$", Nowhere.as_view()),
]
