"""What each number is called and how it is reckoned: shown beside it, exported with it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Definition:
    key: str
    label: str | Promise
    formula: str | Promise
    text: str | Promise


_ALL = (
    Definition(
        "mrr",
        _("MRR"),
        _("Sum of the monthly value of contracts in force"),
        _("A contract counts on a day when it has started and not ended. Trials and one-off fees do not count. Amounts in other currencies at that day's rate."),
    ),
    Definition(
        "new",
        _("New"),
        _("MRR of accounts that never paid before"),
        _("Accounts without MRR at the opening that have some at the closing and never had any earlier."),
    ),
    Definition(
        "expansion",
        _("Expansion"),
        _("Closing - opening, where it grew"),
        _("More MRR of accounts that were there at the opening, at the opening's exchange rates."),
    ),
    Definition(
        "reactivation",
        _("Reactivation"),
        _("MRR of accounts that came back"),
        _("Accounts without MRR at the opening that had some before and paid nothing for at least a day."),
    ),
    Definition(
        "contraction",
        _("Contraction"),
        _("Opening - closing, where it shrank"),
        _("Less MRR of accounts that stay, a lost contract among several and a pause included, at the opening's exchange rates."),
    ),
    Definition(
        "churn",
        _("Churn"),
        _("Opening MRR of accounts that pay nothing any more"),
        _("Dated on the first day without a contract in force."),
    ),
    Definition(
        "currency",
        _("Exchange rates"),
        _("Closing at its own rates - closing at the opening's"),
        _("What rates did to the amounts. It is never counted as expansion or loss."),
    ),
    Definition(
        "nrr",
        _("Net revenue retention"),
        _("Closing MRR of the cohort / its opening MRR"),
        _("The cohort is every account with MRR twelve months earlier; later ones never enter. At the opening's exchange rates."),
    ),
    Definition(
        "grr",
        _("Gross revenue retention"),
        _("Sum of min(opening, closing) of the cohort / its opening MRR"),
        _("Never above 100%: one customer's growth does not pay for another's loss."),
    ),
    Definition(
        "logo_churn",
        _("Logo churn"),
        _("Cohort accounts with no closing MRR / cohort accounts"),
        _("Customers lost, each counted once whatever they paid. Who only pauses is not lost."),
    ),
    Definition(
        "quick_ratio",
        _("Quick ratio"),
        _("(New + expansion + reactivation) / (churn + contraction)"),
        _("Revenue gained for each unit lost, over twelve months."),
    ),
    Definition(
        "risk",
        _("MRR at risk"),
        _("MRR of red accounts and of accounts that are to decide within 90 days and are not green"),
        _("Each account counts once. Today is day 0 and day 90 counts; a decision that is overdue is still to be made."),
    ),
    Definition(
        "coverage",
        _("Health coverage"),
        _("Active accounts with a current score / active accounts"),
        _("A score is current for 36 hours; an account without enough data has none."),
    ),
    Definition(
        "renewal_rate",
        _("Renewal rate"),
        _("Value renewed / value due"),
        _("Of the renewals whose term ended in the last twelve months, decided or not; at most the value due counts as renewed. This is not retention: contracts that did not end are not in it."),
    ),
    Definition(
        "nps",
        _("NPS"),
        _("100 x (promoters - detractors) / all"),
        _("The latest answer of each person in the last 90 days. Promoters gave 9 or 10, detractors 0 to 6; under 30 answers chance moves it much."),
    ),
    Definition(
        "renewals",
        _("Renewals due"),
        _("Yearly value of contracts by the month they end"),
        _("Open renewals, MRR x 12, by stage."),
    ),
    Definition(
        "retention",
        _("Retention"),
        _("The cohort, account by account"),
        _("Every account with MRR at the opening, what it pays at the closing, and the part that was kept."),
    ),
)  # fmt: skip
DEFINITIONS = {definition.key: definition for definition in _ALL}
