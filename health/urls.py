from django.urls import path

from health import views
from health.views import backtests, judgements, risks, scores

app_name = "health"

urlpatterns = [
    path("accounts/<uuid:pk>/health/", views.panel, name="panel"),
    path("accounts/<uuid:pk>/health/history/", views.history, name="history"),
    path("accounts/<uuid:pk>/health/changes/", scores.changes, name="changes"),
    path(
        "accounts/<uuid:pk>/health/overrides/",
        judgements.override_create,
        name="override-create",
    ),
    path(
        "accounts/<uuid:pk>/health/overrides/<uuid:override>/end/",
        judgements.override_end,
        name="override-end",
    ),
    path(
        "accounts/<uuid:pk>/health/sentiments/",
        judgements.sentiment_create,
        name="sentiment-create",
    ),
    path("health/judgements/", judgements.override_list, name="overrides"),
    path("settings/scorecard/", views.scorecard, name="scorecard"),
    path(
        "settings/scorecard/login-event/",
        views.login_event_create,
        name="login-event-create",
    ),
    path("health/coverage/", views.coverage, name="coverage"),
    path("health/coverage/gaps/", views.gap_list, name="gap-list"),
    path("health/disagreement/", views.disagreement_list, name="disagreement-list"),
    path("settings/scorecards/", views.card_list, name="card-list"),
    path("settings/scorecards/order/", views.card_order, name="card-order"),
    path(
        "settings/scorecards/accounts/",
        views.account_options,
        name="preview-accounts",
    ),
    path("settings/scorecards/<uuid:pk>/", views.card_detail, name="card-detail"),
    path("settings/scorecards/<uuid:pk>/draft/", views.card_draft, name="card-draft"),
    path(
        "settings/scorecards/<uuid:pk>/drafts/",
        views.draft_create,
        name="draft-create",
    ),
    path(
        "settings/scorecards/<uuid:pk>/copies/", views.copy_create, name="copy-create"
    ),
    path("settings/scorecards/<uuid:pk>/preview/", views.preview, name="preview"),
    path(
        "settings/scorecards/<uuid:pk>/removal/",
        views.removal_create,
        name="removal-create",
    ),
    path("accounts/<uuid:pk>/health/risk/", risks.account_risk, name="account-risk"),
    path("settings/scorecard/risk/", risks.risk_model, name="risk-model"),
    path(
        "settings/scorecard/risk/learning/",
        risks.learning_create,
        name="learning-create",
    ),
    path(
        "settings/scorecard/backtests/", backtests.backtest_list, name="backtest-list"
    ),
    path(
        "settings/scorecard/backtests/new/",
        backtests.backtest_create,
        name="backtest-create",
    ),
    path(
        "settings/scorecard/backtests/<uuid:pk>/",
        backtests.backtest_detail,
        name="backtest-detail",
    ),
    path(
        "settings/scorecard/backtests/<uuid:pk>/retry/",
        backtests.retry_create,
        name="backtest-retry",
    ),
    path(
        "settings/scorecard/backtests/<uuid:pk>/publication/",
        backtests.publication_create,
        name="backtest-publication",
    ),
    path(
        "settings/scorecard/backtests/<uuid:pk>/shifts/",
        backtests.shift_list,
        name="shift-list",
    ),
]
