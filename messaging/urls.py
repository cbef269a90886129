from django.urls import path

from messaging import views

app_name = "messaging"

urlpatterns = [
    path("notices/", views.notice_list, name="notice-list"),
    path("notices/reading/", views.reading_create, name="reading-create"),
    path("notices/<uuid:pk>/", views.notice, name="notice"),
    path("settings/notifications/", views.preferences, name="preferences"),
    path("settings/notifications/quiet/", views.quiet_hours, name="quiet-hours"),
    path("settings/undelivered/", views.dead_letter_list, name="dead-letter-list"),
    path(
        "settings/undelivered/<uuid:pk>/retry/",
        views.retry_create,
        name="retry-create",
    ),
]
