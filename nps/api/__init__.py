from nps.api.following import FollowUpViewSet
from nps.api.numbers import NpsViewSet
from nps.api.responses import ResponseViewSet

__all__ = ["FollowUpViewSet", "NpsViewSet", "ResponseViewSet"]
