"""The REST API, below /api/v1/. Each app registers its resources here, one line each."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from accounts.api import (
    AccountViewSet,
    ChangeViewSet,
    ContactViewSet,
    ContractViewSet,
    CreditViewSet,
    FeatureRequestViewSet,
    InvoiceViewSet,
    NoteViewSet,
    PauseViewSet,
    RateViewSet,
    TicketViewSet,
)
from cs_platform.api_docs import docs, no_such_page, openapi
from health.api import HealthViewSet, OverrideViewSet, SentimentViewSet
from insights.api import RetentionViewSet
from nps.api import (
    FollowUpViewSet,
    InvitationViewSet,
    NpsViewSet,
    OptOutViewSet,
    ResponseViewSet,
    SurveyViewSet,
)
from qbr.api import CommitmentViewSet, GoalViewSet, ReviewViewSet
from qbr.api.reports import ReportViewSet
from renewals.api import (
    ChecklistViewSet,
    ForecastCallViewSet,
    ForecastViewSet,
    MoveViewSet,
    OfferViewSet,
    OpportunityViewSet,
    OutcomeViewSet,
    RenewalViewSet,
    RiskViewSet,
)
from usage.api.quarantine import QuarantineViewSet
from usage.api.rollups import UsageViewSet
from worklist.api import TaskViewSet

router = SimpleRouter()
# A client that leaves out the last slash means the same resource.
router.trailing_slash = "/?"
router.register("accounts", AccountViewSet, basename="account")
router.register("metrics/retention", RetentionViewSet, basename="metrics-retention")
router.register("contacts", ContactViewSet, basename="contact")
router.register("contracts", ContractViewSet, basename="contract")
OF_CONTRACT = "contracts/(?P<external_id>[^/]+)"
router.register(f"{OF_CONTRACT}/changes", ChangeViewSet, basename="contract-change")
router.register(f"{OF_CONTRACT}/pauses", PauseViewSet, basename="contract-pause")
router.register(f"{OF_CONTRACT}/credits", CreditViewSet, basename="contract-credit")
router.register("invoices", InvoiceViewSet, basename="invoice")
router.register("tickets", TicketViewSet, basename="ticket")
router.register("notes", NoteViewSet, basename="note")
router.register("exchange-rates", RateViewSet, basename="exchange-rate")
router.register("responses", ResponseViewSet, basename="response")
router.register("follow_ups", FollowUpViewSet, basename="follow-up")
router.register("opt_outs", OptOutViewSet, basename="opt-out")
router.register("metrics/nps", NpsViewSet, basename="metrics-nps")
router.register("surveys", SurveyViewSet, basename="survey")
router.register("invitations", InvitationViewSet, basename="invitation")
router.register(
    "accounts/(?P<external_id>[^/]+)/health", HealthViewSet, basename="account-health"
)
router.register(
    "accounts/(?P<external_id>[^/]+)/overrides", OverrideViewSet, basename="override"
)
router.register(
    "accounts/(?P<external_id>[^/]+)/sentiments",
    SentimentViewSet,
    basename="sentiment",
)
router.register(
    "accounts/(?P<external_id>[^/]+)/usage", UsageViewSet, basename="account-usage"
)
router.register("events/quarantine", QuarantineViewSet, basename="quarantine")
router.register("renewals", RenewalViewSet, basename="renewal")
OF_RENEWAL = "renewals/(?P<renewal>[0-9a-f-]{36})"
router.register(f"{OF_RENEWAL}/moves", MoveViewSet, basename="move")
router.register(f"{OF_RENEWAL}/checklist", ChecklistViewSet, basename="checklist")
router.register(f"{OF_RENEWAL}/risks", RiskViewSet, basename="risk")
router.register("forecast/calls", ForecastCallViewSet, basename="forecast-call")
router.register("forecast", ForecastViewSet, basename="forecast")
router.register("outcomes", OutcomeViewSet, basename="outcome")
router.register("offers", OfferViewSet, basename="offer")
router.register("feature_requests", FeatureRequestViewSet, basename="feature-request")
router.register("opportunities", OpportunityViewSet, basename="opportunity")
router.register("reports", ReportViewSet, basename="report")
router.register("reviews", ReviewViewSet, basename="review")
router.register("commitments", CommitmentViewSet, basename="commitment")
router.register("goals", GoalViewSet, basename="goal")
router.register("tasks", TaskViewSet, basename="task")

urlpatterns = [
    path("schema/", openapi, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    *router.urls,
    re_path("", no_such_page),
]
