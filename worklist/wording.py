"""What the chain of escalation says, in the language that is active."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def unanswered(title):
    return _("Nobody has answered: %s") % title


def why_escalated(alert, at):
    """Since when, whose it is, and what the alert itself says."""
    hours = int((at - alert.opened_at).total_seconds() // 3600)
    said = [
        ngettext(
            "This urgent alert has been open for %d hour and nobody works on it.",
            "This urgent alert has been open for %d hours and nobody works on it.",
            hours,
        )
        % hours
    ]
    if alert.owner:
        said.append(_("Owner: %s.") % alert.owner)
    if alert.because:
        said.append(alert.because)
    return " ".join(said)
