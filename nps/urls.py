from django.urls import path

from nps.views import answers, results, sharing

app_name = "nps"

urlpatterns = [
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
    path("surveys/silence/", results.silence_list, name="silence-list"),
    path("accounts/<uuid:pk>/answers/", answers.panel, name="panel"),
]
