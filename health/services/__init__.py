from health.services.cards import (
    OrderChanged,
    UnknownCard,
    name_login_event,
    publish_scorecard,
    save_card_order,
)
from health.services.drafts import (
    AlreadyPublished,
    DraftChanged,
    InvalidDefinition,
    NameTaken,
    begin_draft,
    copy_scorecard,
    discard_draft,
    save_draft,
)
from health.services.judging import (
    end_override,
    expire_overrides,
    override_score,
    record_sentiment,
)
from health.services.nights import open_nights, score_night_slice
from health.services.recompute import recompute, recompute_tenant
from health.services.touches import score_touched
from health.services.turns import take_night_turn, take_touched_turn

__all__ = [
    "AlreadyPublished",
    "DraftChanged",
    "InvalidDefinition",
    "NameTaken",
    "OrderChanged",
    "UnknownCard",
    "begin_draft",
    "copy_scorecard",
    "discard_draft",
    "end_override",
    "expire_overrides",
    "name_login_event",
    "open_nights",
    "override_score",
    "publish_scorecard",
    "recompute",
    "recompute_tenant",
    "record_sentiment",
    "save_card_order",
    "save_draft",
    "score_night_slice",
    "score_touched",
    "take_night_turn",
    "take_touched_turn",
]
