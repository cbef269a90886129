from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_page(request, template, context, *, partial, status=200):
    """The whole page for a visit, only `partial` for an htmx swap."""
    htmx = request.htmx
    if htmx and not htmx.boosted and not htmx.history_restore_request:
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
