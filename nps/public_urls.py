"""What who is asked reaches: no session, no workspace."""

from django.urls import path

from nps.views import asking, kiosk, snippet, stopping

urlpatterns = [
    path("s/<str:token>/", asking.survey, name="survey"),
    path("s/<str:token>/<int:score>/", asking.survey, name="survey-score"),
    path("s/<str:token>/why/", asking.words, name="survey-words"),
    path("w/<str:token>/", asking.anonymous_words, name="survey-anonymous-words"),
    path("u/<str:token>/", stopping.stop, name="survey-stop"),
    path("k/<str:token>/", kiosk.kiosk, name="kiosk"),
    path("k/<str:token>/<str:answer>/", kiosk.kiosk_words, name="kiosk-words"),
    path("snippet/<str:token>.js", snippet.script, name="snippet"),
    path("snippet/<str:token>/asking/", snippet.asking_create, name="snippet-asking"),
    path("snippet/<str:token>/answers/", snippet.answer_create, name="snippet-answer"),
]
