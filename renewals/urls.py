from django.urls import path

from renewals.views import (
    ahead,
    calls,
    detail,
    feed,
    forecast,
    forecast_moves,
    ladder,
    moves,
    offer_template,
    offers,
    pipeline,
    preparing,
    reasons,
)

app_name = "renewals"

urlpatterns = [
    path("renewals/", pipeline.board, name="board"),
    path("renewals/list/", pipeline.renewal_list, name="list"),
    path("renewals/<uuid:pk>/", detail.detail, name="detail"),
    path("renewals/<uuid:pk>/stage/", moves.stage_change, name="stage-change"),
    path("renewals/<uuid:pk>/plan/", detail.plan_change, name="plan-change"),
    path("renewals/<uuid:pk>/outcome/", detail.outcome_create, name="outcome-create"),
    path("accounts/<uuid:pk>/renewals/", detail.panel, name="panel"),
    path("settings/reminders/", ladder.ladder_edit, name="ladder-edit"),
    path("renewals/<uuid:pk>/offers/", offers.offer_create, name="offer-create"),
    path("offers/<uuid:pk>/", offers.offer_detail, name="offer-detail"),
    path("offers/<uuid:pk>/sums/", offers.sums, name="offer-sums"),
    path("offers/<uuid:pk>/preview/", offers.preview, name="offer-preview"),
    path("offers/<uuid:pk>/file.<str:kind>", offers.offer_file, name="offer-file"),
    path("offers/<uuid:pk>/sending/", offers.sending_create, name="sending-create"),
    path("offers/<uuid:pk>/answer/", offers.answer_create, name="answer-create"),
    path(
        "offers/<uuid:pk>/removal/",
        offers.removal_create,
        name="offer-removal-create",
    ),
    path("settings/offers/", offer_template.template_edit, name="offer-template"),
    path("settings/offers/logo/", offer_template.logo, name="offer-logo"),
    path("renewals/forecast/", forecast.forecast, name="forecast"),
    path("renewals/forecast/deals/", forecast.deal_list, name="forecast-deals"),
    path("renewals/forecast/moves/", forecast_moves.move_list, name="forecast-moves"),
    path(
        "renewals/forecast/accuracy/", forecast_moves.accuracy, name="forecast-accuracy"
    ),
    path("renewals/<uuid:pk>/calls/", calls.call_list, name="calls"),
    path("renewals/list/<str:kind>/", pipeline.renewal_export, name="export"),
    path("renewals/calendar/", ahead.calendar, name="calendar"),
    path("renewals/timeline/", ahead.timeline, name="timeline"),
    path("renewals/attention/", ahead.attention_list, name="lead"),
    path("renewals/<uuid:pk>/ticks/", preparing.tick_create, name="tick-create"),
    path(
        "renewals/<uuid:pk>/ticks/<str:key>/",
        preparing.tick_remove,
        name="tick-remove",
    ),
    path("renewals/<uuid:pk>/risks/", preparing.risk_create, name="risk-create"),
    path(
        "renewals/<uuid:pk>/risks/<uuid:plan>/",
        preparing.risk_close,
        name="risk-close",
    ),
    path("settings/calendar-feed/", feed.feed_settings, name="feed"),
    path("settings/calendar-feed/new/", feed.feed_create, name="feed-create"),
    path(
        "settings/calendar-feed/revocation/",
        feed.feed_revocation_create,
        name="feed-revocation-create",
    ),
    path("reasons/", reasons.reason_table, name="reasons"),
    path("reasons/deals/", reasons.reason_deals, name="reason-deals"),
    path("reasons/export.<str:kind>", reasons.reason_export, name="reason-export"),
    path("reasons/which/", reasons.which_list, name="which-list"),
    path("renewals/<uuid:pk>/reason/", reasons.reason_change, name="reason-change"),
]
