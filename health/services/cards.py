"""Which scorecards are in force, and for whom.

A version is never changed: a change is a new version. Whatever changes what an account
is scored by scores every account anew, through the night.
"""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from health.models import CardRule, Scorecard
from health.queries.cards import DEFAULT, cards_in_force, rules_in_order
from health.scoring import Definition
from health.scoring.cards import setting
from health.services.drafts import (
    AlreadyPublished,
    DraftChanged,
    lock_draft,
    refuse_errors,
    save_draft,
)
from health.services.nights import begin_anew
from health.services.shipped import ensure_cards
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit


class UnknownCard(Exception):
    """A rule names a scorecard of which no version is in force."""

    message = gettext_lazy("Publish the scorecard before giving it to accounts.")


class OrderChanged(Exception):
    """Somebody else saved the order meanwhile."""

    message = gettext_lazy(
        "Somebody else changed the order meanwhile. Here it is as it stands now; please"
        " make your change again."
    )


@transaction.atomic
def publish_scorecard(draft: Scorecard, *, by, note: str = "") -> Scorecard:
    """Put a draft in force, and score every account again today.

    Today's night begins anew, and a worker is woken once this commits. Raises
    `AlreadyPublished`, `InvalidDefinition`, and `DraftChanged` when it no longer says
    what the draft in hand does, or was discarded.
    """
    seen = draft.definition
    found = Scorecard.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise DraftChanged
    draft = found
    if draft.published_at is not None:
        raise AlreadyPublished
    if draft.definition != seen:
        raise DraftChanged
    refuse_errors(draft.definition)
    draft.note = note or draft.note
    return _put_in_force(draft, by=by)


@transaction.atomic
def save_card_order(
    rules: Iterable[dict[str, Any]],
    *,
    by,
    unless_changed: Iterable[dict[str, Any]] | None = None,
) -> list[CardRule]:
    """Say which accounts get which scorecard: the first rule that matches counts.

    A rule is {card, stages, tiers, segments}. Replaces the order, and scores every
    account again unless it is the same. Raises `UnknownCard` for a rule whose card is
    not in force; `OrderChanged` when it is no longer what it was `unless_changed`.
    """
    # Two who order at once: the second one sees what the first one said.
    Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant_id())
    before = [said_rule(rule) for rule in rules_in_order()]
    if unless_changed is not None and list(unless_changed) != before:
        raise OrderChanged
    wanted = [
        CardRule(
            position=number,
            card=rule["card"],
            stages=list(rule.get("stages", [])),
            tiers=list(rule.get("tiers", [])),
            segments=list(rule.get("segments", [])),
        )
        for number, rule in enumerate(rules, 1)
    ]
    if {rule.card for rule in wanted} - set(ensure_cards()):
        raise UnknownCard
    after = [said_rule(rule) for rule in wanted]
    if after == before:
        return rules_in_order()
    CardRule.objects.all().delete()
    CardRule.objects.bulk_create(wanted)
    tenant = Tenant.objects.get(pk=current_tenant_id())
    record_audit(
        "scorecard.ordered",
        tenant,
        by=by,
        before={"rules": before},
        after={"rules": after},
    )
    _score_anew()
    return wanted


@transaction.atomic
def name_login_event(event: str, *, by) -> Scorecard:
    """Say which event is a login, in the card of points; empty: any usage on a day counts.

    Publishes a new version of the scorecard unless it says so already, or measures no
    logins. Its draft stays the draft, with its note and backtests, one version on; it
    learns the same unless it names an event of its own.
    """
    draft = lock_draft(DEFAULT)
    card = ensure_cards()[DEFAULT]
    definition = _named(card.definition, event)
    if definition == card.definition:
        return card
    version = card.version + 1
    if draft is not None:
        version, draft.version = draft.version, draft.version + 1
        draft.save(update_fields=["version"])
    published = Scorecard(name=card.name, version=version, definition=definition)
    _put_in_force(published, by=by)
    was = setting(card.definition, "login_days", "event", "")
    if draft and setting(draft.definition, "login_days", "event", "") == was:
        save_draft(card.name, _named(draft.definition, event), by=by)
    return published


def _named(definition: Definition, event: str) -> Definition:
    """The definition with an event that counts as a login."""
    definition = deepcopy(definition)
    for measure in definition["measures"]:
        if measure["key"] == "login_days":
            measure.setdefault("settings", {})["event"] = event
    return definition


def _put_in_force(card: Scorecard, *, by) -> Scorecard:
    before = cards_in_force().get(card.name)
    card.published_at = clock.now()
    card.save()
    record_audit(
        "scorecard.published",
        card,
        by=by,
        before=before and before.definition,
        after=card.definition,
    )
    _score_anew()
    return card


def said_rule(rule: CardRule) -> dict[str, Any]:
    return {
        "card": rule.card,
        "stages": rule.stages,
        "tiers": rule.tiers,
        "segments": rule.segments,
    }


def _score_anew() -> None:
    begin_anew()
    wake("health.score_nights", tenant_id=current_tenant_id())
