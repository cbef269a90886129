"""The short way: usage is answered before sessions, languages, cookies and redirects."""

from django.urls import Resolver404, resolve

PREFIXES = ("/v1/", "/api/s/", "/beacon/", "/sourceConfig")
URLS = "usage.api.urls"


class UsageMiddleware:
    """Stands first. What client libraries send needs nothing of the others, and must
    not meet what they do: a redirect, a cookie, or `Vary: Cookie`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info
        if path.startswith("//"):  # a host that was configured with a last slash
            path = "/" + path.lstrip("/")
        if not path.startswith(PREFIXES):
            return self.get_response(request)
        try:
            match = resolve(path, URLS)
        except Resolver404:
            return self.get_response(request)
        return match.func(request, **match.kwargs)
