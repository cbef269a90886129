from django.urls import path

from integrations.views import imports

app_name = "integrations"

urlpatterns = [
    path("settings/imports/", imports.import_list, name="import-list"),
    path("settings/imports/new/", imports.import_create, name="import-create"),
    path("settings/imports/<uuid:pk>/", imports.import_detail, name="import-detail"),
    path(
        "settings/imports/<uuid:pk>/columns/",
        imports.columns_create,
        name="columns-create",
    ),
    path(
        "settings/imports/<uuid:pk>/confirmation/",
        imports.confirmation_create,
        name="confirmation-create",
    ),
]
