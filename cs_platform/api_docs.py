"""The API's description, for programs (OpenAPI 3.1) and for people."""

import functools
import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from tenants.api.openapi import Generator

OPENAPI = "application/vnd.oai.openapi+json; charset=utf-8"


@require_safe
def openapi(request):
    return HttpResponse(_description(), content_type=OPENAPI)


@require_safe
def docs(request):
    return render(request, "api/docs.html", {"openapi_url": reverse("api-schema")})


@csrf_exempt
def no_such_page(request):
    body = {"code": "not_found", "message": "There is no such resource.", "errors": {}}
    return JsonResponse(body, status=404)


@functools.cache
def _description():
    # Made once in a process: it takes a second, and only a new version changes it.
    return json.dumps(Generator().get_schema(request=None, public=True))
