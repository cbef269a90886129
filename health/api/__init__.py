from health.api.judgements import OverrideViewSet, SentimentViewSet
from health.api.scores import HealthViewSet

__all__ = ["HealthViewSet", "OverrideViewSet", "SentimentViewSet"]
