from nps.api.following import FollowUpViewSet
from nps.api.numbers import NpsViewSet
from nps.api.responses import ResponseViewSet
from nps.api.stopping import OptOutViewSet

__all__ = ["FollowUpViewSet", "NpsViewSet", "OptOutViewSet", "ResponseViewSet"]
