from health.services.arrivals import watch_arrivals
from health.services.backtests import (
    retry_backtest,
    start_backtest,
    take_backtest_turn,
)
from health.services.cards import (
    OrderChanged,
    UnknownCard,
    name_login_event,
    publish_scorecard,
    save_card_order,
)
from health.services.comparing import compare_accounts
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
    LONGEST,
    AlreadyOver,
    AlreadyOverridden,
    TooFarAhead,
    end_override,
    expire_overrides,
    override_score,
    record_sentiment,
)
from health.services.nights import (
    open_nights,
    score_night_slice,
)
from health.services.recompute import (
    recompute,
    recompute_tenant,
)
from health.services.risks import (
    judge_risks,
)
from health.services.shipped import ensure_cards
from health.services.touches import (
    score_touched,
)
from health.services.training import (
    ask_to_learn,
    learn_when_due,
    train_risk_model,
)
from health.services.turns import (
    take_night_turn,
    take_touched_turn,
)

__all__ = [
    "LONGEST",
    "AlreadyOver",
    "AlreadyOverridden",
    "AlreadyPublished",
    "DraftChanged",
    "InvalidDefinition",
    "NameTaken",
    "OrderChanged",
    "TooFarAhead",
    "UnknownCard",
    "ask_to_learn",
    "begin_draft",
    "compare_accounts",
    "copy_scorecard",
    "discard_draft",
    "end_override",
    "ensure_cards",
    "expire_overrides",
    "judge_risks",
    "learn_when_due",
    "name_login_event",
    "open_nights",
    "override_score",
    "publish_scorecard",
    "recompute",
    "recompute_tenant",
    "record_sentiment",
    "retry_backtest",
    "save_card_order",
    "save_draft",
    "score_night_slice",
    "score_touched",
    "start_backtest",
    "take_backtest_turn",
    "take_night_turn",
    "take_touched_turn",
    "train_risk_model",
    "watch_arrivals",
]
