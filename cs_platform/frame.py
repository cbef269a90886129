"""What stands around every page: menu, workspaces, notices, theme."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from messaging.queries import unread_count
from tenants.models import Membership

# URL name, icon, word, key after "g". What does not exist yet is left out.
MENU = [
    ("insights:today", "sunrise", _("Today"), "t"),
    ("insights:account-list", "building-2", _("Accounts"), "a"),
    ("renewals:board", "refresh-cw", _("Renewals"), "r"),
    ("worklist:task-list", "square-check", _("Tasks"), "k"),
    ("insights:dashboard", "chart-line", _("Dashboard"), "d"),
    ("tenants:settings", "settings", _("Settings"), "s"),
]
# Pages of an entry that do not stand below its own address.
ALSO = {
    "renewals:board": ["renewals:reasons", "accounts:request-list"],
    "worklist:task-list": ["worklist:alert-list"],
}
THEMES = [
    ("", _("System"), "monitor"),
    ("light", _("Light"), "sun"),
    ("dark", _("Dark"), "moon"),
]


@dataclass(frozen=True)
class Entry:
    """One line of the rail."""

    href: str
    icon: str
    word: str
    key: str
    is_here: bool


@dataclass(frozen=True)
class Workspace:
    """One line of the switcher."""

    name: str
    href: str
    is_here: bool


def context(request):
    """The template variable `frame`; the database is asked once, for what is shown.

    What asks it is a function: a template calls it, a part of a page never does.
    """
    tenant = getattr(request, "tenant", None)
    is_inside = getattr(request, "membership", None) is not None
    frame = {
        "themes": THEMES,
        "theme": _cookie(request, "theme", ("light", "dark")),
        "rail": _cookie(request, "rail", ("narrow",)),
        "languages": [get_language_info(code) for code, _name in settings.LANGUAGES],
        "language_url": _outer_url("set_language"),
        "person_url": _outer_url("account_email"),
        "sign_out_url": _outer_url("account_logout"),
    }
    if is_inside:
        frame |= {
            "workspace": tenant.name,
            "menu": cache(lambda: _menu(request)),
            "workspaces": cache(lambda: _workspaces(request)),
            # A real number, not a lazy one: plural rules reckon with it.
            "unread": cache(lambda: unread_count(request.user)),
            "search_url": _url("insights:search"),
            "notices_url": _url("messaging:notice-list"),
        }
    return {"frame": frame}


def _menu(request):
    root = get_script_prefix()
    return [
        # The root of the workspace begins every address: there, only itself will do.
        Entry(href, icon, word, key, is_here=_is_here(request.path, name, href, root))
        for name, icon, word, key in MENU
        if (href := _url(name))
    ]


def _is_here(path, name, href, root):
    if href == root:
        return path == root
    places = [href, *filter(None, map(_url, ALSO.get(name, ())))]
    return path.startswith(tuple(places))


def _workspaces(request):
    memberships = Membership.objects.filter(user=request.user, is_active=True)
    return [
        Workspace(tenant.name, f"/t/{tenant.slug}/", is_here=tenant == request.tenant)
        for tenant in (
            membership.tenant
            for membership in memberships.select_related("tenant").order_by(
                "tenant__name"
            )
        )
    ]


def _url(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _outer_url(name):
    """An address outside of workspaces, wherever the request is."""
    return "/" + get_resolver(settings.ROOT_URLCONF).reverse(name)


def _cookie(request, name, allowed):
    value = request.COOKIES.get(name, "")
    return value if value in allowed else ""
