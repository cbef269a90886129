"""Why a report could not be made, for the person who asked for it."""

from django.utils.translation import gettext_noop
from PIL import UnidentifiedImageError

from cs_platform.lib.typesetting import NotTypeset

KILLED = gettext_noop("The worker stopped three times while making it.")
LOGO = gettext_noop("The logo of the workspace cannot be read: choose another one.")
PAGES = gettext_noop("The pages could not be set, or not in time.")
UNFORESEEN = gettext_noop(
    "Something broke that nobody foresaw. Trying again may help; if it does not, whoever"
    " runs the platform can be told the words below."
)


def reason_of(error: Exception) -> str:
    """A sentence that can be translated, and below it what the machine said."""
    if isinstance(error, UnidentifiedImageError):
        return LOGO
    if isinstance(error, NotTypeset):
        return f"{PAGES}\n{error}"
    return f"{UNFORESEEN}\n{type(error).__name__}: {error}"
