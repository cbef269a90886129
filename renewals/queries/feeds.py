"""What stands in a person's calendar of renewals: what they may see now, no more."""

import hmac
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from renewals import wording
from renewals.ical import Entry, calendar_text
from renewals.models import CalendarFeed
from renewals.queries.pipeline import visible_renewals
from tenants.models import Credential, Membership, Role, Tenant
from tenants.queries import digest_of, tenant_of_credential
from worklist.queries.lists import team_of

# The nearest ones; further than any person looks.
MOST = 2000
PAST = timedelta(days=366)


def tenant_of_feed(secret: str) -> Tenant | None:
    """The workspace whose calendar this secret opens. Needs no scope."""
    return tenant_of_credential(secret, Credential.Kind.CALENDAR)


def open_feed(secret: str) -> tuple[CalendarFeed, Membership] | None:
    """The feed of the tenant in scope and the member whose it is.

    None when it is revoked, or the person is no longer a member.
    """
    digest = digest_of(secret)
    feed = CalendarFeed.objects.open().filter(digest=digest).first()
    # Found by its digest: how long that takes says nothing of the secret.
    if feed is None or not hmac.compare_digest(feed.digest, digest):
        return None
    membership = (
        Membership.objects.filter(tenant=feed.tenant_id, user=feed.user_id)
        .filter(is_active=True, user__is_active=True)
        .exclude(role=Role.VIEWER)
        .select_related("user", "tenant")
        .first()
    )
    return (feed, membership) if membership else None


def feed_of(user) -> CalendarFeed | None:
    return CalendarFeed.objects.open().filter(user=user).first()


def calendar_of(membership, *, on) -> bytes:
    """The calendar of a member, in the active language: open renewals, own or the
    team's of a lead. One query, and one for the team."""
    workspace = f"{settings.SITE_URL}/t/{membership.tenant.slug}"
    host = urlsplit(settings.SITE_URL).hostname
    renewals = (
        visible_renewals(membership)
        .open()
        .filter(_whose(membership), ends_on__gte=on - PAST)
        .select_related("account", "contract", "owner")
        .order_by("decides_on", "pk")[:MOST]
    )
    return calendar_text(
        wording.feed_name(membership.tenant.name),
        zone=membership.tenant.timezone,
        host=host,
        entries=[
            entry for renewal in renewals for entry in _entries(renewal, workspace)
        ],
    )


def _whose(membership):
    people = [membership.user_id]
    if membership.role == Role.LEAD:
        people = team_of(membership)
    return Q(owner__in=people) | Q(account__owner__in=people)


def _entries(renewal, workspace):
    """The decision; the end, where it is another day; the next step, where it has one."""
    account = renewal.account.name
    yield _entry(
        renewal, workspace, "decision", renewal.decides_on, wording.decide(account)
    )
    if renewal.has_notice:
        ends = wording.contract_ends(account)
        yield _entry(renewal, workspace, "end", renewal.ends_on, ends)
    if renewal.next_step_on:
        step = wording.step_of(account, renewal.next_step)
        yield _entry(renewal, workspace, "step", renewal.next_step_on, step)


def _entry(renewal, workspace, name, day, summary):
    touched = (renewal.updated_at, renewal.account.updated_at)
    return Entry(
        key=f"renewal-{renewal.pk}-{name}",
        day=day,
        summary=summary,
        description=wording.in_calendar(renewal),
        url=workspace + renewal.path,
        created_at=renewal.created_at,
        changed_at=max(*touched, renewal.contract.updated_at),
    )
