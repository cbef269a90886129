from health.services.cards import name_login_event, publish_scorecard
from health.services.nights import open_nights, score_night_slice
from health.services.recompute import recompute, recompute_tenant
from health.services.touches import score_touched
from health.services.turns import take_night_turn, take_touched_turn

__all__ = [
    "name_login_event",
    "open_nights",
    "publish_scorecard",
    "recompute",
    "recompute_tenant",
    "score_night_slice",
    "score_touched",
    "take_night_turn",
    "take_touched_turn",
]
