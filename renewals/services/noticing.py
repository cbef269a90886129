"""The customer gave notice: whose deal it is, and who leads them, hear of it once."""

from django.utils.functional import lazy

from messaging.services import announce
from renewals import wording
from renewals.queries.stale import NOTICE, renewals_of_another_notice
from renewals.services.staleness import (
    drop_notice,
    notice_key,
    subject_of,
    tenant_language,
)
from worklist.models import Priority
from worklist.queries import team
from worklist.services import open_alert


def hear_notices(*, on, at):
    """Let open renewals know of the notice their contract has by now, or has no more.

    A notice opens an urgent alert to the renewal's owner and is announced to them, the
    account's owner and the leads; one withdrawn heals it and takes back what is not out.
    The day on the renewal, behind its lock, is the claim: each notice is told once, also
    after a person has resolved the alert.
    """
    unheard = (
        renewals_of_another_notice()
        .order_by("pk")
        .select_related("account__owner", "contract", "owner")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
    )
    renewals = list(unheard)
    people = team() if renewals else None
    for renewal in renewals:
        drop_notice(renewal)
        renewal.noticed_on = renewal.contract.notice_given_on
        renewal.save(update_fields=["noticed_on", "updated_at"])
        if renewal.noticed_on:
            _warn(renewal, people, on, at)


def _warn(renewal, people, on, at):
    doer, _why = people.someone(renewal.owner, renewal.account.owner)
    leads = people.leads_of(doer)
    facts = _facts(renewal, doer, on)
    with tenant_language():
        alert = open_alert(
            kind=NOTICE,
            subject=subject_of(renewal),
            title=wording.notice(facts.account),
            because=wording.why_notice(facts),
            owner=doer,
            account=renewal.account,
            priority=Priority.URGENT,
            path=renewal.path,
            at=at,
        )
    owners = [renewal.owner, renewal.account.owner, doer]
    # Lazy: each recipient is told in the own language.
    announce(
        to=[p for p in owners if p and p.pk in people.members] + leads,
        kind=NOTICE,
        subject=lazy(lambda: wording.notice(facts.account), str)(),
        body=lazy(lambda: wording.why_notice(facts), str)(),
        path=renewal.path,
        unique_key=notice_key(alert.pk),
        at=at,
        is_urgent=True,
    )


def _facts(renewal, doer, on):
    return wording.Facts(
        account=renewal.account.name,
        contract=str(renewal.contract),
        decides_on=renewal.decides_on,
        ends_on=renewal.ends_on,
        on=on,
        due_on=renewal.noticed_on,
        owner=str(doer or ""),
    )
