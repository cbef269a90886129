from django.urls import path

from health import views

app_name = "health"

urlpatterns = [
    path("accounts/<uuid:pk>/health/", views.panel, name="panel"),
    path("accounts/<uuid:pk>/health/history/", views.history, name="history"),
    path("settings/scorecard/", views.scorecard, name="scorecard"),
    path(
        "settings/scorecard/login-event/",
        views.login_event_create,
        name="login-event-create",
    ),
]
