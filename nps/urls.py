from django.urls import path

from nps.views import (
    ahead,
    answers,
    ledgers,
    results,
    samples,
    settings,
    sharing,
    surveys,
)

app_name = "nps"

urlpatterns = [
    path("surveys/", surveys.survey_list, name="survey-list"),
    path("surveys/new/", surveys.survey_create, name="survey-create"),
    path("surveys/week/", ahead.week, name="ahead"),
    path("surveys/settings/", settings.settings_edit, name="settings"),
    path("surveys/settings/logo/", settings.logo, name="logo"),
    path("surveys/<uuid:pk>/", surveys.survey_detail, name="survey-detail"),
    path("surveys/<uuid:pk>/edit/", surveys.survey_edit, name="survey-edit"),
    path("surveys/<uuid:pk>/switch/", surveys.switch_create, name="switch-create"),
    path("surveys/<uuid:pk>/sends/", ahead.send_create, name="send-create"),
    path("surveys/<uuid:pk>/sample/<slug:language>/", samples.sample, name="sample"),
    path(
        "surveys/<uuid:pk>/sample/<slug:language>/why/",
        samples.sample,
        {"step": "why"},
        name="sample-why",
    ),
    path(
        "surveys/<uuid:pk>/sample/<slug:language>/thanks/",
        samples.sample,
        {"step": "thanks"},
        name="sample-thanks",
    ),
    path("surveys/<uuid:pk>/letters/", samples.sample_create, name="sample-create"),
    path("surveys/<uuid:pk>/sharing/", sharing.sharing, name="sharing"),
    path("surveys/<uuid:pk>/links/", sharing.link_create, name="link-create"),
    path(
        "surveys/<uuid:pk>/links/replacement/",
        sharing.replacement_create,
        name="replacement-create",
    ),
    path("surveys/<uuid:pk>/secret/", sharing.secret_create, name="secret-create"),
    path("surveys/answers/", answers.answer_list, name="answer-list"),
    path(
        "surveys/answers/export/<str:kind>/",
        answers.answer_export,
        name="answer-export",
    ),
    path("surveys/answers/<uuid:pk>/", answers.answer_detail, name="answer-detail"),
    path("surveys/answers/<uuid:pk>/reply/", answers.reply_create, name="reply-create"),
    path(
        "surveys/answers/<uuid:pk>/reply/removal/",
        answers.reply_removal_create,
        name="reply-removal-create",
    ),
    path("surveys/answers/<uuid:pk>/tags/", answers.tags_create, name="tags-create"),
    path("surveys/results/", results.result_page, name="results"),
    path(
        "surveys/results/export/<str:kind>/",
        results.result_export,
        name="result-export",
    ),
    path("surveys/results/parts/<str:part>/", results.result_part, name="result-part"),
    path("surveys/results/rate/", ledgers.rate_list, name="rate-list"),
    path("surveys/results/voices/", ledgers.voice_list, name="voice-list"),
    path("surveys/results/tickets/", ledgers.ticket_list, name="ticket-list"),
    path("surveys/silence/", results.silence_list, name="silence-list"),
    path("accounts/<uuid:pk>/answers/", answers.panel, name="panel"),
]
