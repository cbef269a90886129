from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contract, Credit
from accounts.queries import known_currencies
from accounts.services.contracts.keeping import locked, record, still_there
from cs_platform.lib import wording


@transaction.atomic
def add_credit(
    contract: Contract,
    *,
    amount: Decimal,
    on: date,
    currency: str | None = None,
    reason: str = "",
    by=None,
    by_key=None,
) -> Credit:
    """Money given back or let off once, in the contract's currency unless said.

    Never recurring revenue: no MRR changes. In the audit trail.
    """
    contract = locked(contract)
    currency = currency or contract.currency
    if amount <= 0:
        raise ValidationError({"amount": _("A credit is more than zero.")})
    if currency not in known_currencies() | {contract.currency}:
        sentence = _("There is no exchange rate for %s yet: add one first.")
        raise ValidationError({"currency": sentence % currency})
    if on < contract.starts_on:
        sentence = _("The contract begins on %s.") % wording.day(contract.starts_on)
        raise ValidationError({"on": sentence})
    credit = Credit.objects.create(
        contract=contract, amount=amount, currency=currency, on=on, reason=reason, by=by
    )
    record("credited", contract, by=by, by_key=by_key, after=_said(credit))
    return credit


@transaction.atomic
def remove_credit(credit: Credit, *, by=None, by_key=None) -> None:
    """Take back a credit that was entered by mistake. In the audit trail."""
    contract = locked(credit.contract)
    credit = still_there(credit)
    before = _said(credit)
    credit.delete()
    record("credit_removed", contract, by=by, by_key=by_key, before=before)


def _said(credit):
    return {
        "amount": credit.amount,
        "currency": credit.currency,
        "on": credit.on,
        "reason": credit.reason,
    }
