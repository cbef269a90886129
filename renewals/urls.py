from django.urls import path

from renewals.views import detail, ladder, pipeline

app_name = "renewals"

urlpatterns = [
    path("renewals/", pipeline.board, name="board"),
    path("renewals/list/", pipeline.renewal_list, name="list"),
    path("renewals/<uuid:pk>/", detail.detail, name="detail"),
    path("renewals/<uuid:pk>/stage/", pipeline.stage_change, name="stage-change"),
    path("renewals/<uuid:pk>/plan/", detail.plan_change, name="plan-change"),
    path("renewals/<uuid:pk>/outcome/", detail.outcome_create, name="outcome-create"),
    path("accounts/<uuid:pk>/renewals/", detail.panel, name="panel"),
    path("settings/reminders/", ladder.ladder_edit, name="ladder-edit"),
]
