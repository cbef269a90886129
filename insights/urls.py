from django.urls import path

from insights.views import account, dashboard, ledger, portfolio, saved, search, today

app_name = "insights"

urlpatterns = [
    path("", today.today, name="today"),
    path("search/", search.search_page, name="search"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/ledger/", ledger.ledger, name="ledger"),
    path("dashboard/renewals/", ledger.renewals_due, name="renewals-due"),
    path("accounts/", portfolio.account_list, name="account-list"),
    path("accounts/<uuid:pk>/", account.account_detail, name="account-detail"),
    path("accounts/export.<str:kind>", portfolio.account_export, name="account-export"),
    path(
        "accounts/assignments/", portfolio.assignment_create, name="assignment-create"
    ),
    path("accounts/views/", saved.view_create, name="view-create"),
    path(
        "accounts/views/<uuid:pk>/removal/",
        saved.view_removal_create,
        name="view-removal-create",
    ),
]
