"""What stands around every page: menu, workspaces, notices, theme."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from messaging.queries import unread_count
from tenants.models import Membership, Role

# URL name, icon, word, key after "g". What does not exist yet is left out.
MENU = [
    ("insights:today", "sunrise", _("Today"), "t"),
    ("insights:account-list", "building-2", _("Accounts"), "a"),
    ("renewals:board", "refresh-cw", _("Renewals"), "r"),
    ("qbr:list", "presentation", _("Reviews"), "q"),
    ("worklist:task-list", "square-check", _("Tasks"), "k"),
    ("nps:survey-list", "message-square-heart", _("Surveys"), "v"),
    ("insights:dashboard", "chart-line", _("Dashboard"), "d"),
    ("tenants:settings", "settings", _("Settings"), "s"),
]
# Pages of an entry that do not stand below its own address.
ALSO = {
    "renewals:board": ["renewals:reasons", "accounts:request-list"],
    "worklist:task-list": ["worklist:alert-list"],
}
EVERYBODY = tuple(Role)
LEADS = (Role.LEAD, Role.OPS, Role.ADMIN)
KEEPERS = (Role.OPS, Role.ADMIN)
# Headings of the settings; below each: its key, URL name, word, and who it is for.
SETTINGS = [
    (
        _("Workspace"),
        [
            ("workspace", "tenants:settings", _("Workspace"), EVERYBODY),
            ("members", "tenants:member-list", _("Members"), EVERYBODY),
            ("calendar", "accounts:calendar", _("Calendar"), KEEPERS),
            ("rates", "accounts:rate-list", _("Exchange rates"), KEEPERS),
            ("keys", "tenants:key-list", _("API keys"), (Role.ADMIN,)),
            ("audit", "tenants:audit", _("Audit trail"), KEEPERS),
        ],
    ),
    (
        _("Data"),
        [
            ("sources", "usage:source-list", _("Sources"), EVERYBODY),
            ("features", "usage:feature-list", _("Features"), EVERYBODY),
            ("imports", "integrations:import-list", _("Imports"), KEEPERS),
            ("dead-letters", "messaging:dead-letter-list", _("Undelivered"), KEEPERS),
        ],
    ),
    (
        _("Health and renewals"),
        [
            ("scorecard", "health:card-list", _("Scorecards"), EVERYBODY),
            ("pipeline", "renewals:rules-edit", _("Pipeline"), KEEPERS),
            ("ladder", "renewals:ladder-edit", _("Reminders"), KEEPERS),
            ("escalation", "worklist:escalation", _("Escalation"), KEEPERS),
            ("plans", "renewals:plan-list", _("Plans"), KEEPERS),
            ("offers", "renewals:offer-template", _("Offers and reports"), LEADS),
            ("reviews", "qbr:settings", _("Reviews"), KEEPERS),
            ("news", "qbr:news-list", _("Product news"), LEADS),
        ],
    ),
    (
        _("For you"),
        [
            ("notifications", "messaging:preferences", _("Notifications"), EVERYBODY),
            ("feed", "renewals:feed", _("Calendar feed"), (Role.CSM, *LEADS)),
        ],
    ),
]
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
class Place:
    """One page of the settings; pages know themselves by the key."""

    key: str
    href: str
    word: str


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
            "settings": cache(lambda: _settings(request.membership.role)),
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


def _settings(role):
    """The groups of settings with the pages this role may open; empty ones left out."""
    groups = [
        (
            heading,
            [
                Place(key, href, word)
                for key, name, word, roles in pages
                if role in roles and (href := _url(name))
            ],
        )
        for heading, pages in SETTINGS
    ]
    return [(heading, places) for heading, places in groups if places]


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
