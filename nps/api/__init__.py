from nps.api.following import FollowUpViewSet
from nps.api.invitations import InvitationViewSet
from nps.api.numbers import NpsViewSet
from nps.api.responses import ResponseViewSet
from nps.api.stopping import OptOutViewSet
from nps.api.surveys import SurveyViewSet

__all__ = [
    "FollowUpViewSet",
    "InvitationViewSet",
    "NpsViewSet",
    "OptOutViewSet",
    "ResponseViewSet",
    "SurveyViewSet",
]
