"""Which scorecard is in force. A version is never changed: a change is a new version."""

from copy import deepcopy

from django.db import transaction

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from health.models import Night, Scorecard
from health.queries.cards import scorecard_in_force
from health.scoring import measure_of
from tenants.scoping import current_tenant_id
from tenants.services import record_audit


def ensure_scorecard() -> Scorecard:
    """The scorecard in force, saved: the shipped one when the tenant has none yet."""
    card = scorecard_in_force()
    if card._state.adding:
        card.published_at = clock.now()
        Scorecard.objects.bulk_create([card], ignore_conflicts=True)
        card = Scorecard.objects.get(name=card.name, version=card.version)
    return card


@transaction.atomic
def publish_scorecard(definition: dict, *, by) -> Scorecard:
    """Put a new version of the scorecard in force, and score every account again today.

    Today's night begins anew, and a worker is woken once this commits.
    """
    before = ensure_scorecard()
    card = Scorecard.objects.create(
        name=before.name,
        version=before.version + 1,
        definition=definition,
        published_at=clock.now(),
    )
    record_audit(
        "scorecard.published",
        card,
        by=by,
        before=before.definition,
        after=definition,
    )
    _begin_last_night_anew()
    wake("health.score_nights", tenant_id=current_tenant_id())
    return card


def name_login_event(event: str, *, by) -> Scorecard:
    """Say which event is a login; empty: any usage on a day counts.

    Publishes a new version of the scorecard unless it says so already.
    """
    card = ensure_scorecard()
    definition = deepcopy(card.definition)
    measure = measure_of(definition, "login_days")
    if measure["settings"]["event"] == event:
        return card
    measure["settings"]["event"] = event
    return publish_scorecard(definition, by=by)


def _begin_last_night_anew():
    last = Night.objects.order_by("-day").values_list("day", flat=True).first()
    if last is not None:
        Night.objects.filter(day=last).update(
            reached=None, accounts=0, finished_at=None
        )
