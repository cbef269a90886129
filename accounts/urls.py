from django.urls import path

from accounts.views import (
    account,
    calendar,
    contracts,
    facts,
    panels,
    rates,
    requests,
)

app_name = "accounts"

urlpatterns = [
    path("accounts/new/", account.account_create, name="account-create"),
    path("accounts/<uuid:pk>/edit/", account.account_edit, name="account-edit"),
    path("accounts/<uuid:pk>/archive/", account.archive_create, name="archive-create"),
    path("accounts/<uuid:pk>/contacts/", panels.contacts, name="contacts"),
    path("accounts/<uuid:pk>/tickets/", panels.tickets, name="tickets"),
    path("accounts/<uuid:pk>/money/", panels.money, name="money"),
    path("accounts/<uuid:pk>/timeline/", panels.timeline, name="timeline"),
    path("accounts/<uuid:pk>/notes/", panels.note_create, name="note-create"),
    path(
        "accounts/<uuid:pk>/facts/<slug:name>/new/",
        facts.fact_create,
        name="fact-create",
    ),
    path(
        "accounts/<uuid:pk>/facts/<slug:name>/<uuid:fact>/",
        facts.fact_edit,
        name="fact-edit",
    ),
    path(
        "accounts/<uuid:pk>/facts/<slug:name>/<uuid:fact>/removal/",
        facts.removal_create,
        name="removal-create",
    ),
    path("contracts/<uuid:pk>/", contracts.contract_detail, name="contract-detail"),
    path(
        "contracts/<uuid:pk>/do/<slug:deed>/",
        contracts.deed_create,
        name="deed-create",
    ),
    path(
        "contracts/<uuid:pk>/entries/<slug:noun>/<uuid:entry>/removal/",
        contracts.entry_removal_create,
        name="entry-removal-create",
    ),
    path("calendar/day/", calendar.day_check, name="day-check"),
    path("settings/calendar/", calendar.calendar_edit, name="calendar"),
    path("settings/rates/", rates.rate_list, name="rate-list"),
    path("feature-requests/", requests.request_list, name="request-list"),
    path("feature-requests/<uuid:pk>/", requests.request_detail, name="request-detail"),
    path(
        "feature-requests/<uuid:pk>/edit/",
        requests.request_change,
        name="request-change",
    ),
    path("accounts/<uuid:pk>/requests/", requests.panel, name="requests"),
    path("accounts/<uuid:pk>/requests/new/", requests.vote_create, name="vote-create"),
    path(
        "accounts/<uuid:pk>/requests/<uuid:asked_for>/removal/",
        requests.vote_removal_create,
        name="vote-removal-create",
    ),
]
