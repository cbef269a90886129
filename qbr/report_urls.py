"""The addresses of reports, inside a workspace."""

from django.urls import path

from qbr.views import links, reports

app_name = "reports"

urlpatterns = [
    path("reports/", reports.report_list, name="list"),
    path("reviews/<uuid:pk>/report/", reports.report_create, name="create"),
    path("reviews/<uuid:pk>/report/panel/", reports.panel, name="panel"),
    path("reports/<uuid:pk>/", reports.report_detail, name="detail"),
    path("reports/<uuid:pk>/figures/", reports.figures_create, name="figures"),
    path("reports/<uuid:pk>/freezing/", reports.freezing_create, name="freezing"),
    path("reports/<uuid:pk>/files/", reports.files_create, name="files"),
    path("reports/<uuid:pk>/progress/", reports.progress, name="progress"),
    path("reports/<uuid:pk>/changes/", reports.changes, name="changes"),
    path("reports/<uuid:pk>/file.<str:kind>", reports.report_file, name="file"),
    path("reports/<uuid:pk>/slides/", reports.presentation, name="presentation"),
    path("reports/<uuid:pk>/links/", links.link_create, name="links"),
    path(
        "report-links/<uuid:pk>/revocation/", links.revocation_create, name="revocation"
    ),
]
