from renewals.forms.checklist import RiskForm, TickForm
from renewals.forms.deals import PlanForm, RenewalFilters, StageForm
from renewals.forms.outcomes import OutcomeForm

__all__ = [
    "OutcomeForm",
    "PlanForm",
    "RenewalFilters",
    "RiskForm",
    "StageForm",
    "TickForm",
]
