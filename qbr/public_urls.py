"""What a customer reaches with the address of a report: no session, no workspace."""

from django.urls import path

from qbr.views import links

urlpatterns = [
    path("r/<str:token>/", links.public_report, name="public-report"),
    # As a mail program leaves it that takes the last stroke for a full stop.
    path("r/<str:token>", links.public_report),
    path(
        "r/<str:token>/report.<str:kind>", links.public_file, name="public-report-file"
    ),
    # Whatever else is tried there is refused like a wrong address, valid or not.
    path("r/", links.nothing_there),
    path("r/<path:rest>", links.nothing_there),
]
