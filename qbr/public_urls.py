"""What a customer reaches with the address of a report: no session, no workspace."""

from django.urls import path

from qbr.views import links

urlpatterns = [
    path("r/<str:token>/", links.public_report, name="public-report"),
    path(
        "r/<str:token>/report.<str:kind>", links.public_file, name="public-report-file"
    ),
]
