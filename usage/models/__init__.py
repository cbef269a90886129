from usage.models.rollup import FeatureDay, UserDay
from usage.models.source import Feature, Source

__all__ = ["Feature", "FeatureDay", "Source", "UserDay"]
