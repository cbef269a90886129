from qbr.api.commitments import CommitmentViewSet
from qbr.api.goals import GoalViewSet
from qbr.api.reviews import ReviewViewSet

__all__ = ["CommitmentViewSet", "GoalViewSet", "ReviewViewSet"]
