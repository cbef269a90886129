"""Drafts of scorecards: one per name, kept until it is published or discarded."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy

from health.editing import Errors, check
from health.models import Scorecard
from health.scoring import Definition
from health.services.shipped import ensure_cards
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit


class AlreadyPublished(Exception):
    """A published version never changes: make a draft of it."""

    message = gettext_lazy("This version is published: it never changes again.")


class InvalidDefinition(Exception):
    """The definition has errors, by path."""

    def __init__(self, errors: Errors):
        super().__init__("; ".join(f"{path}: {said}" for path, said in errors.items()))
        self.errors = errors


class DraftChanged(Exception):
    """Somebody else saved, published or discarded the draft meanwhile."""

    message = gettext_lazy(
        "Somebody else changed this draft while you did. Your version was not saved:"
        " open the draft in another window, and bring your changes into it."
    )


class NameTaken(Exception):
    """There is a scorecard of that name."""

    message = gettext_lazy("Another scorecard has this name: choose a new one.")


def refuse_errors(definition: Any) -> None:
    """Raises `InvalidDefinition` for what scoring could not use."""
    errors = check(definition)
    if errors:
        raise InvalidDefinition(errors)


@transaction.atomic
def save_draft(
    name: str,
    definition: Definition,
    *,
    by,
    unless_changed: datetime | None = None,
) -> Scorecard:
    """Keep the draft of a scorecard, a new one or in place of its last; scores nothing.

    Recorded in the audit trail. `unless_changed`: the `updated_at` of the draft that
    was edited. Raises `InvalidDefinition`, `DraftChanged`.
    """
    refuse_errors(definition)
    draft = _draft_of(name)
    if unless_changed is not None and (
        draft._state.adding or draft.updated_at != unless_changed
    ):
        raise DraftChanged
    before = None if draft._state.adding else draft.definition
    draft.definition = definition
    draft.save()
    record_audit("scorecard.drafted", draft, by=by, before=before, after=definition)
    return draft


@transaction.atomic
def begin_draft(card: Scorecard, *, by) -> Scorecard:
    """The draft of a card's name; begun from this version when there is none yet."""
    draft = _draft_of(card.name)
    if draft._state.adding:
        draft = save_draft(card.name, deepcopy(card.definition), by=by)
    return draft


@transaction.atomic
def copy_scorecard(card: Scorecard, *, name: str, by) -> Scorecard:
    """Begin a new scorecard as a draft that says what this version says.

    Raises `NameTaken`.
    """
    _one_at_a_time()
    ensure_cards()
    if Scorecard.objects.filter(name__iexact=name).exists():
        raise NameTaken
    try:
        with transaction.atomic():
            return save_draft(name, deepcopy(card.definition), by=by)
    except IntegrityError:
        raise NameTaken from None


@transaction.atomic
def discard_draft(draft: Scorecard, *, by) -> None:
    """Forget a draft; the audit trail keeps what it said. Backtests of it stay.

    Raises `AlreadyPublished`; does nothing to a draft that is gone.
    """
    found = Scorecard.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        return
    if found.published_at is not None:
        raise AlreadyPublished
    record_audit("scorecard.discarded", found, by=by, before=found.definition)
    found.delete()


def lock_draft(name: str) -> Scorecard | None:
    """The draft of a name, locked; None when there is none, and nobody can begin one."""
    _one_at_a_time()
    drafts = Scorecard.objects.select_for_update().filter(name=name)
    return drafts.filter(published_at=None).first()


def _draft_of(name: str) -> Scorecard:
    """The draft of a name, locked; a new one, unsaved, when there is none."""
    ensure_cards()
    draft = lock_draft(name)
    if draft is None:
        versions = Scorecard.objects.filter(name=name)
        last = versions.aggregate(last=Max("version"))["last"] or 0
        draft = Scorecard(name=name, version=last + 1)
    return draft


def _one_at_a_time() -> None:
    # Two who begin the draft of one name at once would both find none.
    Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant_id())
