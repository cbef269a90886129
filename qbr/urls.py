from django.urls import path

from qbr.views import (
    commitments,
    coverage,
    detail,
    following,
    goals,
    meeting,
    reviews,
    settings,
)

app_name = "qbr"

REVIEW = "reviews/<uuid:pk>/"

urlpatterns = [
    path("reviews/", reviews.review_list, name="list"),
    path("reviews/new/", reviews.review_create, name="review-create"),
    path("reviews/coverage/", coverage.coverage, name="coverage"),
    path("reviews/coverage/accounts/", coverage.account_list, name="coverage-accounts"),
    path(
        "reviews/coverage/reviews/", coverage.counted_reviews, name="coverage-reviews"
    ),
    path(
        "reviews/coverage/promises/",
        coverage.counted_promises,
        name="coverage-promises",
    ),
    path("reviews/coverage/renewals/", coverage.renewal_list, name="coverage-renewals"),
    path("reviews/commitments/", commitments.commitment_list, name="commitments"),
    path(
        "reviews/commitments/<uuid:pk>/edit/",
        commitments.commitment_edit,
        name="commitment-edit",
    ),
    path(
        "reviews/commitments/<uuid:pk>/state/",
        commitments.state_change,
        name="commitment-state",
    ),
    path(REVIEW, detail.detail, name="detail"),
    path(f"{REVIEW}settings/", detail.settings_change, name="settings-change"),
    path(f"{REVIEW}agenda/", detail.agenda_change, name="agenda-change"),
    path(f"{REVIEW}attendees/", detail.attendee_create, name="attendee-create"),
    path(
        f"{REVIEW}attendees/<uuid:attendee>/removal/",
        detail.attendee_removal_create,
        name="attendee-removal",
    ),
    path(f"{REVIEW}preparation/<slug:key>/", detail.tick_change, name="tick"),
    path(f"{REVIEW}invitation/", detail.invitation_create, name="invitation-create"),
    path(f"{REVIEW}review.ics", detail.calendar_file, name="calendar-file"),
    path(f"{REVIEW}cancellation/", detail.cancellation_create, name="cancellation"),
    path(f"{REVIEW}meeting/", meeting.meeting, name="meeting"),
    path(f"{REVIEW}meeting/part/", meeting.part_change, name="part-change"),
    path(
        f"{REVIEW}meeting/notes/<slug:section>/",
        meeting.notes_change,
        name="notes-change",
    ),
    path(f"{REVIEW}meeting/lines/", meeting.line_create, name="line-create"),
    path(
        f"{REVIEW}meeting/lines/<uuid:line>/removal/",
        meeting.line_removal_create,
        name="line-removal",
    ),
    path(
        f"{REVIEW}meeting/commitments/",
        meeting.commitment_create,
        name="commitment-create",
    ),
    path(
        f"{REVIEW}meeting/commitments/<uuid:commitment>/removal/",
        meeting.commitment_removal_create,
        name="commitment-removal",
    ),
    path(f"{REVIEW}meeting/wishes/", meeting.wish_create, name="wish-create"),
    path(f"{REVIEW}holding/", meeting.holding_create, name="holding-create"),
    path(f"{REVIEW}summary/", following.summary, name="summary"),
    path(f"{REVIEW}ideas/<uuid:line>/", following.idea, name="idea"),
    path("accounts/<uuid:pk>/reviews/", reviews.panel, name="panel"),
    path("accounts/<uuid:pk>/goals/", goals.goal_list, name="goals"),
    path("accounts/<uuid:pk>/goals/new/", goals.goal_create, name="goal-create"),
    path("goals/<uuid:pk>/", goals.goal_detail, name="goal"),
    path("goals/<uuid:pk>/edit/", goals.goal_edit, name="goal-edit"),
    path("goals/<uuid:pk>/readings/", goals.reading_create, name="reading-create"),
    path(
        "goals/<uuid:pk>/verification/",
        goals.verification_create,
        name="verification-create",
    ),
    path("goals/<uuid:pk>/state/", goals.state_change, name="goal-state"),
    path("settings/reviews/", settings.planning_edit, name="settings"),
    path("settings/reviews/agenda/", settings.template_change, name="template-change"),
    path("settings/reviews/report/", settings.report_edit, name="report-settings"),
    path("settings/feature-news/", settings.news_list, name="news-list"),
    path("settings/feature-news/<uuid:pk>/", settings.news_edit, name="news-edit"),
    path(
        "settings/feature-news/<uuid:pk>/removal/",
        settings.news_removal_create,
        name="news-removal",
    ),
]
