"""What each figure of a report is called and what it means: said once, shown with it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The period is that of the report; "before" is as many days right before it.
DEFINITIONS: dict[str, tuple[Promise, Promise]] = {
    "active_people": (
        _("Active people"),
        _("People of the account with at least one event in the period."),
    ),
    "active_days": (
        _("Days in use"),
        _("Days of the period on which the product was used."),
    ),
    "uses": (
        _("Uses"),
        _(
            "Events of all features in the period; hidden features and errors do not"
            " count."
        ),
    ),
    "time": (
        _("Time in the product"),
        _("Of all people together, counted in slots of five minutes."),
    ),
    "seat_share": (
        _("Seats in use"),
        _(
            "People active in the last 30 days of the period, of the seats under contract"
            " on its last day."
        ),
    ),
    "features_used": (
        _("Features used"),
        _("Features with at least one use in the period, of all there are."),
    ),
    "key_features_used": (
        _("Key features used"),
        _("Features that matter most, used at least once in the period."),
    ),
    "goals_met": (
        _("Goals met"),
        _("Goals met in the period, of all of the success plan that were not dropped."),
    ),
    "value_hours": (
        _("Time won"),
        _("Hours of the goals met in the period, each by the formula beside it."),
    ),
    "value_verified": (
        _("Confirmed by you"),
        _("Goals whose value was confirmed, of those met in the period that have one."),
    ),
    "health": (
        _("Health"),
        _("The score on the last day of the period that has one, 0 to 100."),
    ),
    "tickets_opened": (
        _("Requests opened"),
        _("Support requests opened in the period."),
    ),
    "tickets_solved": (
        _("Requests solved"),
        _("Support requests solved in the period, whenever they were opened."),
    ),
    "tickets_open": (
        _("Still open"),
        _("Support requests that were open at the end of the period."),
    ),
    "tickets_critical": (
        _("Critical ones"),
        _("Critical support requests opened in the period."),
    ),
    "hours_to_solve": (
        _("Time to solve"),
        _("Of the requests solved in the period: half took no longer than this."),
    ),
    "csat": (
        _("Satisfied with support"),
        _(
            "Ratings of 4 or 5 of five, of all ratings of requests solved in the period."
        ),
    ),
    "nps": (
        _("NPS"),
        _(
            "Share of 9 and 10 less share of 0 to 6, in points; of each person the latest"
            " answer of the period. Under 30 answers it says little."
        ),
    ),
    "nps_answers": (
        _("Answers"),
        _("People who answered how likely they are to recommend us."),
    ),
    "nps_rate": (
        _("Answered"),
        _("Of those who were asked in the period and reached: how many answered."),
    ),
    "kept_ours": (
        _("Kept by us"),
        _(
            "What we promised last time, or still owed from before, and have done; of"
            " all that was not dropped."
        ),
    ),
    "kept_theirs": (
        _("Kept by you"),
        _(
            "What you promised last time, or still owed from before, and have done; of"
            " all that was not dropped."
        ),
    ),
    "requests_shipped": (
        _("Wishes fulfilled"),
        _("Features you asked for that are there now, of all you asked for."),
    ),
}
_MONEY = (
    _("Value in %(currency)s"),
    _(
        "Money of the goals met in the period, in this currency, each by the formula"
        " beside it."
    ),
)
MONEY = "value_money:"  # and the currency


def label_of(key: str) -> str:
    if key.startswith(MONEY):
        return str(_MONEY[0]) % {"currency": key.removeprefix(MONEY)}
    return str(DEFINITIONS[key][0])


def definition_of(key: str) -> str:
    return str(_MONEY[1] if key.startswith(MONEY) else DEFINITIONS[key][1])
