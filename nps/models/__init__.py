from nps.models.followup import FollowUp
from nps.models.invitation import Invitation
from nps.models.optout import OptOut
from nps.models.response import Response
from nps.models.setting import SurveyLogo, SurveySettings
from nps.models.survey import (
    Kind,
    Survey,
    SurveyQuestion,
    SurveySend,
    SurveyVersion,
    SurveyWording,
)

__all__ = [
    "FollowUp",
    "Invitation",
    "Kind",
    "OptOut",
    "Response",
    "Survey",
    "SurveyLogo",
    "SurveyQuestion",
    "SurveySend",
    "SurveySettings",
    "SurveyVersion",
    "SurveyWording",
]
