from django.urls import path

from nps.views import sharing

app_name = "nps"

urlpatterns = [
    path("surveys/<uuid:pk>/sharing/", sharing.sharing, name="sharing"),
    path("surveys/<uuid:pk>/links/", sharing.link_create, name="link-create"),
    path(
        "surveys/<uuid:pk>/links/replacement/",
        sharing.replacement_create,
        name="replacement-create",
    ),
    path("surveys/<uuid:pk>/secret/", sharing.secret_create, name="secret-create"),
]
