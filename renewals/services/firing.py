"""The ladder fires: claims and consequences commit together, once for each end."""

import math
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import OperationalError, transaction
from django.utils import translation

from accounts.calendar import Calendar
from accounts.queries import calendar
from cs_platform.lib import clock
from renewals import ladder, wording
from renewals.models import Reminder, Renewal
from renewals.services.attempts import (
    choose_renewals,
    forget_failures,
    record_failure,
    record_sync,
)
from renewals.services.consequences import (
    CONSEQUENCES,
    case_key,
    is_pointless,
    open_deal,
)
from renewals.services.syncing import sync_renewals
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from worklist.queries import Team, team

FIRED = ("next_fire_on", "attempts", "error", "set_aside_on")


@dataclass(frozen=True)
class Case:
    """One step of one renewal, with all its consequences need."""

    renewal: Renewal
    planned: ladder.Planned
    on: date
    at: datetime
    team: Team
    days: Calendar

    @property
    def step(self):
        return self.planned.step

    @cached_property
    def key(self):
        return case_key(self.renewal, self.step)

    @cached_property
    def doer(self):
        return self.team.someone(self.renewal.owner, self.renewal.account.owner)

    @cached_property
    def leads(self):
        return self.team.leads_of(self.doer[0])

    @property
    def everyone(self):
        owners = [self.renewal.owner, self.renewal.account.owner, self.doer[0]]
        return [p for p in owners if p and p.pk in self.team.members] + self.leads

    @cached_property
    def facts(self):
        renewal = self.renewal
        return wording.Facts(
            account=renewal.account.name,
            contract=str(renewal.contract),
            decides_on=renewal.decides_on,
            ends_on=renewal.ends_on,
            on=self.on,
            due_on=self.planned.due_on,
            score=renewal.account.score,
            owner=str(self.doer[0] or ""),
        )


def remind_tenant(tenant_id, *, on=None, at=None, seconds=math.inf):
    """Sync and fire everything due in a workspace, a few renewals a transaction.

    `on` is the workspace's day (today, unless said). Opens the scope itself. Any number
    may run at once. A renewal that fails is left for the next run, and holds up no
    other; after five attempts it is set aside for the day, with an alert. Contracts
    that cannot be followed are an alert, and stop no reminder that stands. After
    `seconds` it stops where it is. Returns how many were handled.
    """
    until = time.monotonic() + seconds
    at = at or clock.now()
    with tenant_scope(tenant_id):
        on = on or clock.day_of(at, Tenant.objects.get(pk=tenant_id).timezone)
    _sync(tenant_id, on, at)
    done, failed = 0, set()
    while time.monotonic() < until:
        with tenant_scope(tenant_id):
            chosen = choose_renewals(on, skip=failed)
        if not chosen:
            break
        with tenant_scope(tenant_id):
            fired = _fire_batch(on, at, chosen)
        # What somebody else holds by now is left to them.
        failed |= set(chosen) - fired
        done += len(fired)
    return done


def _sync(tenant_id, on, at, attempts=3):
    try:
        with tenant_scope(tenant_id):
            sync_renewals(on=on, at=at)
            record_sync(None)
    except Exception as error:  # noqa: BLE001 (what stands is reminded of all the same)
        if transaction.get_connection().in_atomic_block:
            raise  # the caller's transaction: nothing stands
        if attempts > 1 and _is_victim(error):
            _sync(tenant_id, on, at, attempts - 1)
            return
        with tenant_scope(tenant_id):
            record_sync(error)


def _is_victim(error):
    """Whether the database chose it to end a deadlock: what it wanted to do stands."""
    code = getattr(error.__cause__, "pgcode", None)
    return isinstance(error, OperationalError) and code in ("40P01", "40001")


def fire_reminders(*, on, at=None):
    """Sync and fire everything due by `on` for the tenant in scope, in one transaction.

    Each step of each contract's end is claimed by its row and has its consequences
    exactly once, however often and late this runs.
    """
    at = at or clock.now()
    sync_renewals(on=on, at=at)
    done, failed = 0, set()
    while chosen := choose_renewals(on, skip=failed):
        fired = _fire_batch(on, at, chosen)
        failed |= set(chosen) - fired
        done += len(fired)
    return done


def _fire_batch(on, at, chosen):
    """Fire these, unless somebody else holds them; which of them went well."""
    renewals = list(
        Renewal.objects.due(on)
        .filter(pk__in=chosen)
        .order_by("next_fire_on", "pk")
        .select_related("account__owner", "contract", "owner")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
    )
    if not renewals:
        return set()
    language = Tenant.objects.get(pk=current_tenant_id()).language
    people, reminders, fired = team(), _reminders(renewals), set()
    with translation.override(language):
        world = {"on": on, "at": at, "team": people, "days": calendar()}
        for renewal in renewals:
            try:
                with transaction.atomic():
                    _fire(renewal, reminders[renewal.contract_id], world)
            except Exception as error:  # noqa: BLE001 (one must not stop the others)
                record_failure(renewal, error, on)
            else:
                fired.add(renewal.pk)
    return fired


def _reminders(renewals):
    # Read after the rows are locked: nobody adds to them until we commit.
    # Of the contract, not of the renewal: an end that comes back after a decision was
    # handled by the renewal before.
    by_contract = defaultdict(list)
    contracts = [renewal.contract_id for renewal in renewals]
    for reminder in Reminder.objects.filter(contract__in=contracts):
        by_contract[reminder.contract_id].append(reminder)
    return by_contract


def _fire(renewal, reminders, world):
    on = world["on"]
    handled = {r.step for r in reminders if r.ends_on == renewal.ends_on}
    before = {
        r.step
        for r in reminders
        if r.renewal_id == renewal.pk
        and r.ends_on != renewal.ends_on
        and r.state == Reminder.State.FIRED
    }
    planned_steps = ladder.plan(
        renewal.decides_on,
        entered_on=renewal.entered_on,
        on=on,
        handled=handled,
        fired_before=before,
        days=renewal.ladder,
    )
    cases = [Case(renewal, planned, **world) for planned in planned_steps]
    claims = [_claim(case) for case in cases]
    # The claims stand first: a second one is impossible, and takes all with it.
    Reminder.objects.bulk_create(claims)
    for case, claim in zip(cases, claims, strict=True):
        if claim.state == Reminder.State.FIRED:
            CONSEQUENCES[case.step](case)
    if ladder.has_deal(renewal.decides_on, on, renewal.ladder):
        # Entered later than 90 days before: skipped as a step, but there is a deal.
        open_deal(renewal, world["at"])
    handled |= {planned.step for planned in planned_steps}
    renewal.next_fire_on = ladder.next_fire_on(
        renewal.decides_on, handled, renewal.ladder
    )
    forget_failures(renewal)
    renewal.save(update_fields=[*FIRED, "updated_at"])


def _claim(case):
    planned, renewal = case.planned, case.renewal
    why = planned.skip or (Reminder.Why.PROGRESSED if is_pointless(case) else "")
    return Reminder(
        renewal=renewal,
        contract=renewal.contract,
        ends_on=renewal.ends_on,
        step=planned.step,
        due_on=planned.due_on,
        handled_on=case.on,
        state=Reminder.State.SKIPPED if why else Reminder.State.FIRED,
        why=why,
    )
