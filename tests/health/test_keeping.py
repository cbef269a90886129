from datetime import timedelta

import pytest
from django.db import connection

from health import services
from health.models import Snapshot
from health.scoring.keeping import NAMES, packed, unpacked
from tests.factories.health import SnapshotFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of

FULL = {name: n for n, name in enumerate(NAMES, 1)}


def stored(snapshot):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT measures::text FROM health_snapshot WHERE account_id = %s",
            [snapshot.account_id],
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "measure",
    [
        FULL,
        {"key": "nps", "state": "missing", "points": 0, "worth": 20},
        {"key": "nps", "state": "ok", "points": 0, "value": 7, "as_of": None, "n": 2},
        {"key": "nps", "state": "ok", "detail": {"by": "a"}, "colour": "blue"},
    ],
    ids=["full", "missing", "at no instant", "with what rows do not know"],
)
def test_what_was_kept_of_a_measure_comes_back(measure):
    assert unpacked(packed(measure)) == measure


def test_a_row_ends_with_its_last_value():
    assert packed({"state": "ok", "key": "nps", "worth": 20}) == ["nps", "ok", None, 20]


def test_the_place_of_a_name_never_changes():
    assert packed(FULL) == list(range(1, 13))
    assert NAMES[:4] == ("key", "state", "points", "worth")
    assert NAMES[4:8] == ("as_of", "value", "share", "step")
    assert NAMES[8:] == ("n", "detail", "decay", "since")


def test_a_snapshot_stands_as_rows_in_the_database(in_tenant):
    measures = [{"key": "nps", "state": "ok", "points": 5, "worth": 20.5}]

    snapshot = SnapshotFactory(measures=measures)

    assert stored(snapshot) == '[["nps", "ok", 5, 20.5]]'
    assert Snapshot.objects.get(account=snapshot.account).measures == measures


def test_a_snapshot_of_before_is_read_as_it_was_kept(in_tenant):
    snapshot = SnapshotFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE health_snapshot SET measures =
               '[{"key": "nps", "state": "missing", "points": 0}]'"""
        )

    found = Snapshot.objects.get(account=snapshot.account)

    assert found.measures == [{"key": "nps", "state": "missing", "points": 0}]


def test_scoring_and_saving_write_the_same(in_tenant, time_machine):
    time_machine.move_to(NOW, tick=False)
    account = account_of(CASES[0])
    services.recompute([account.pk], on=TODAY)
    scored = Snapshot.objects.get(account=account, day=TODAY)
    written = stored(scored)
    Snapshot.objects.filter(account=account).delete()

    saved = SnapshotFactory(
        account=account, day=TODAY - timedelta(days=1), measures=scored.measures
    )

    assert stored(saved) == written
