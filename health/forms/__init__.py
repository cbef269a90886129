from health.forms.logins import LoginEventForm
from health.forms.periods import PeriodForm

__all__ = ["LoginEventForm", "PeriodForm"]
