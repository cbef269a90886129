"""What people are told of a report, in their language."""

from django.utils.translation import gettext as _


def ready(account: str) -> str:
    return _("The report for %s is ready") % account


def failed(account: str) -> str:
    return _("The report for %s could not be made") % account
