"""What stands around every page: menu, workspaces, notices, theme."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

# Name in the address, icon, word, key after `g`, the first known URL name wins.
MENU = [
    ("today", "sunrise", _("Today"), "t", ["insights:today"]),
    ("accounts", "building-2", _("Accounts"), "a", ["accounts:account-list", "accounts:account"]),
    ("renewals", "refresh-cw", _("Renewals"), "r", ["renewals:renewal-list", "renewals:renewal"]),
    ("tasks", "square-check", _("Tasks"), "k", ["worklist:task-list", "worklist:task"]),
    ("dashboard", "chart-line", _("Dashboard"), "d", ["insights:dashboard"]),
    ("settings", "settings", _("Settings"), "s", ["tenants:settings"]),
]
THEMES = [("", _("System"), "monitor"), ("light", _("Light"), "sun"), ("dark", _("Dark"), "moon")]


@dataclass(frozen=True)
class Entry:
    """One way out of the rail."""

    href: str
    icon: str
    word: str
    key: str
    is_here: bool
    count: int = 0


def context(request):
    """Template variable `frame`; nothing is asked of the database until it is shown."""
    return {
        "frame": {
            "menu": SimpleLazyObject(lambda: _menu(request)),
            "themes": THEMES,
            "theme": _cookie(request, "theme", ("light", "dark")),
            "rail": _cookie(request, "rail", ("narrow",)),
            "languages": [get_language_info(code) for code, _name in settings.LANGUAGES],
        }
    }


def _menu(request):
    return [
        Entry(href, icon, word, key, is_here=_is_under(request.path, href))
        for _slug, icon, word, key, names in MENU
        if (href := _first_url(names))
    ]


def _first_url(names):
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _is_under(path, href):
    home = reverse_or_root()
    return path == href if href == home else path.startswith(href)


def reverse_or_root():
    return _first_url(["insights:today"])


def _cookie(request, name, allowed):
    value = request.COOKIES.get(name, "")
    return value if value in allowed else ""
