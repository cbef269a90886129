from health.models.attempt import Attempt
from health.models.change import Change
from health.models.contradiction import Comparison, Contradiction
from health.models.foresight import Backtest, Loss, Risk, RiskModel
from health.models.judgement import Override, Sentiment
from health.models.night import Night
from health.models.replay import ReplayPart, Shift
from health.models.scorecard import CardRule, Scorecard
from health.models.snapshot import Snapshot

__all__ = [
    "Attempt",
    "Backtest",
    "CardRule",
    "Change",
    "Comparison",
    "Contradiction",
    "Loss",
    "Night",
    "Override",
    "ReplayPart",
    "Risk",
    "RiskModel",
    "Scorecard",
    "Sentiment",
    "Shift",
    "Snapshot",
]
