from django.urls import path

from usage.views import features, panel, sources

app_name = "usage"
urlpatterns = [
    path("accounts/<uuid:pk>/usage/", panel.panel, name="panel"),
    path("settings/features/", features.feature_list, name="feature-list"),
    path("settings/features/<uuid:pk>/", features.feature_edit, name="feature-edit"),
    path("settings/sources/", sources.source_list, name="source-list"),
    path("settings/sources/new/", sources.source_create, name="source-create"),
    path(
        "settings/sources/unexplained/",
        sources.unexplained_list,
        name="unexplained-list",
    ),
    path("settings/sources/retries/", sources.retry_create, name="retry-create"),
    path("settings/sources/<uuid:pk>/", sources.source_detail, name="source-detail"),
    path(
        "settings/sources/<uuid:pk>/revocation/",
        sources.revocation_create,
        name="revocation-create",
    ),
    path(
        "settings/sources/<uuid:pk>/replays/",
        sources.replay_create,
        name="replay-create",
    ),
    path(
        "settings/sources/<uuid:pk>/discards/",
        sources.discard_create,
        name="discard-create",
    ),
]
