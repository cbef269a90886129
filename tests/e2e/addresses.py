"""The site, with the style guide and a few answers that its parts ask for."""

import json

from django.http import HttpResponse
from django.urls import path

from cs_platform.styleguide import styleguide
from cs_platform.urls import urlpatterns as site


def move_create(request):
    """A board's answer: the card in its new column, and a word about it."""
    stage = request.POST["stage"]
    if stage == "Approval":
        return HttpResponse("no", status=409)
    response = HttpResponse(
        f'<div class="board" data-board><p id="moved">Moved to {stage}</p></div>'
    )
    response["HX-Trigger"] = json.dumps({"toast": {"text": "Moved."}})
    return response


urlpatterns = [
    *site,
    path("styleguide/", styleguide),
    path("move/", move_create),
]
