from health.forms.backtests import BacktestForm
from health.forms.cards import CardForm
from health.forms.judgements import OverrideForm, SentimentForm
from health.forms.logins import LoginEventForm
from health.forms.names import NameForm
from health.forms.periods import PeriodForm

__all__ = [
    "BacktestForm",
    "CardForm",
    "LoginEventForm",
    "NameForm",
    "OverrideForm",
    "PeriodForm",
    "SentimentForm",
]
