from health.views.cards import (
    card_detail,
    card_list,
    copy_create,
    draft_create,
    removal_create,
)
from health.views.drafts import account_options, card_draft, preview
from health.views.orders import card_order
from health.views.portfolio import coverage, disagreement_list, gap_list
from health.views.scores import history, login_event_create, panel, scorecard

__all__ = [
    "account_options",
    "card_detail",
    "card_draft",
    "card_list",
    "card_order",
    "copy_create",
    "coverage",
    "disagreement_list",
    "draft_create",
    "gap_list",
    "history",
    "login_event_create",
    "panel",
    "preview",
    "removal_create",
    "scorecard",
]
