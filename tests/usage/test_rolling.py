import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.factories.usage import SourceFactory
from tests.usage.oracle import Message, Oracle
from tests.usage.rollups import (
    feature_days,
    roll_up_all,
    store,
    unassigned,
    user_days,
)
from usage.queries.attribution import USAGE_KINDS
from usage.queries.audit import Differences, differences
from usage.services.recounting import recount_tenant

pytestmark = pytest.mark.django_db

# Around both clock changes of Berlin in 2026, to the minute before and after midnight.
INSTANTS = [
    datetime(2026, 3, 28, 22, 59, tzinfo=UTC),
    datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 21, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 21, 55, tzinfo=UTC),
    # The hour that Berlin's clock goes through twice.
    datetime(2026, 10, 25, 0, 34, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 4, 59, 999_999, tzinfo=UTC),
    datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
]
# So close that whose day it is changes, and the minutes of what is left with it.
BUSY_DAY = [datetime(2026, 5, 4, 9, 4 * n, tzinfo=UTC) for n in range(8)]
USERS = ("", "u1", "u2", "u3")
ANONYMOUS = ("", "a1", "a2", "u1")
GROUPS = ("", "", "", "acme", "globex")


@st.composite
def messages(draw, instants):
    kind = draw(
        st.sampled_from(
            ["track"] * 5 + ["page", "screen", "identify", "group", "group", "alias"]
        )
    )
    user, anonymous = draw(st.sampled_from(USERS)), draw(st.sampled_from(ANONYMOUS))
    at = draw(st.sampled_from(instants))
    return Message(
        key=f"{draw(st.integers(1, 2**64)):032x}",
        kind=kind,
        at=at,
        received=at + timedelta(minutes=draw(st.integers(0, 3))),
        user=user,
        anonymous=anonymous if user else anonymous or "a1",
        group=draw(st.sampled_from(GROUPS))
        if kind not in ("identify", "alias")
        else "",
        previous=draw(st.sampled_from(["u1", "u2", "u3", "a1", "a2"]))
        if kind == "alias"
        else "",
        name=draw(st.sampled_from(["open", "save", ""]))
        if kind in ("track", "page", "screen")
        else "",
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    told=st.sampled_from([INSTANTS, BUSY_DAY]).flatmap(
        lambda instants: st.lists(
            messages(instants), min_size=1, max_size=25, unique_by=lambda m: m.key
        )
    ),
    cuts=st.lists(st.integers(0, 25), max_size=4),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Almaty"]),
    data=st.data(),
)
def test_rollups_are_what_the_oracle_says_whatever_the_order(
    db, told, cuts, zone, data
):
    told = data.draw(st.permutations(told))
    with transaction.atomic():
        tenant = TenantFactory(timezone=zone)
        with tenant_scope(tenant.pk):
            source = SourceFactory()
            edges = sorted({0, len(told), *(cut % (len(told) + 1) for cut in cuts)})
            for first, last in itertools.pairwise(edges):
                store(told[first:last], source=source)
                roll_up_all()
            oracle = Oracle(told, zone=zone)

            assert feature_days() == oracle.feature_days()
            assert user_days() == oracle.user_days()
            assert unassigned() == oracle.unassigned()
            assert differences(zone) == Differences(0, 0, 0, 0)

            assert recount_tenant() == sum(m.kind in USAGE_KINDS for m in told)
            assert feature_days() == oracle.feature_days()
            assert user_days() == oracle.user_days()
            assert unassigned() == oracle.unassigned()
        transaction.set_rollback(True)
