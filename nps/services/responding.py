"""Answers of customers, as they come: each is a fact that health scores again."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from accounts.services import rules, touch
from accounts.services.cleaning import clean_external_id, clean_field
from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from nps.models import Response
from nps.services.hearing import hear
from nps.services.succession import succeed
from nps.services.words import read_words
from tenants.scoping import current_tenant_id

FIELDS = ("kind", "score", "comment", "answered_at")


@dataclass
class Answer:
    """What became of one answer of a batch."""

    index: int
    external_id: str | None = None
    status: str = "error"  # created, unchanged, error
    errors: dict[str, list[str]] = field(default_factory=dict)
    row: Response | None = None


def record_response(
    *,
    account: Account,
    kind: str,
    score: int,
    contact: Contact | None = None,
    comment: str = "",
    answered_at: datetime | None = None,
    external_id: str | None = None,
) -> Response:
    """Keep one answer, touch its account and open its follow-up.

    The database refuses a score out of range.
    """
    with transaction.atomic():
        response = Response.objects.create(
            account=account,
            contact=contact,
            kind=kind,
            score=score,
            comment=comment,
            answered_at=answered_at or clock.now(),
            external_id=external_id,
            **read_words(comment, kind=kind, score=score),
        )
        hear(response)
    return response


@transaction.atomic
def record_responses(items: list) -> list[Answer]:
    """Keep a batch of answers (plain values); says of each what became of it.

    The account is named by its external id, the contact by e-mail. An external id that
    is known already leaves the first answer as it is. Touches the accounts; follow-ups of
    fresh ones are opened by a worker.
    """
    accounts, contacts = _named(items)
    answers = [Answer(index) for index in range(len(items))]
    for answer, item in zip(answers, items, strict=True):
        answer.row, answer.errors = _clean(item, accounts, contacts)
        answer.external_id = answer.row.external_id if answer.row else None
    _keep([answer for answer in answers if answer.row])
    return answers


def _keep(answers):
    ids = {answer.external_id for answer in answers} - {None}
    known = {
        row.external_id: row for row in Response.objects.filter(external_id__in=ids)
    }
    new = []
    for answer in answers:
        if answer.external_id in known:
            answer.status, answer.row = "unchanged", known[answer.external_id]
            continue
        answer.status = "created"
        new.append(answer.row)
        if answer.external_id:
            known[answer.external_id] = answer.row
    new.sort(key=lambda row: (row.external_id or "", row.pk))
    Response.objects.bulk_create(new, batch_size=500)
    succeed(row.contact_id for row in new)
    touch([row.account_id for row in new], reason="answer")
    if new:
        wake("nps.follow_up", tenant_id=current_tenant_id())


def _named(items):
    items = [item for item in items if isinstance(item, dict)]
    names = {item["account"] for item in items if _is_text(item, "account")}
    emails = {item["contact"].lower() for item in items if _is_text(item, "contact")}
    accounts = Account.objects.filter(external_id__in=names)
    contacts = Contact.objects.annotate(address=Lower("email")).filter(
        account__in=[account.pk for account in accounts], address__in=sorted(emails)
    )
    by_address = {(row.account_id, row.email.lower()): row for row in contacts}
    return {account.external_id: account for account in accounts}, by_address


def _is_text(item, name):
    return isinstance(item.get(name), str)


def _clean(item, accounts, contacts) -> tuple[Response | None, dict]:
    if not isinstance(item, dict):
        return None, {"non_field_errors": [_("This has to be an object with fields.")]}
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {"answered_at": clock.now(), "comment": ""}
    for name in ("external_id", "account", "contact", *FIELDS):
        try:
            if name in item or name in ("account", "kind", "score"):
                values[name] = _value(name, item, accounts, contacts)
        except ValidationError as error:
            errors[name] = list(error.messages)
    if not errors:
        errors = rules.broken(Response, values)
    if errors:
        return None, errors
    words = read_words(values["comment"], kind=values["kind"], score=values["score"])
    return Response(**values, **words), {}


def _value(name, item, accounts, contacts) -> Any:
    value = item.get(name)
    if name in FIELDS:
        return clean_field(cast(Field, Response._meta.get_field(name)), value)
    if name == "external_id":
        return None if value is None else clean_external_id(value)
    account = accounts.get(item["account"]) if _is_text(item, "account") else None
    if name == "account":
        if account is None:
            raise ValidationError(_("There is no account with this external id."))
        return account
    if value is None or account is None:
        return None
    contact = contacts.get((account.pk, str(value).lower()))
    if contact is None:
        raise ValidationError(_("No contact of the account has this e-mail."))
    return contact
