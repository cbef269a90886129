from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.usage import IngestBatchFactory, SourceFactory
from usage.models import Source
from usage.rhythm import Rhythm, is_silent, rhythm_of
from usage.services.silence import watch_sources
from worklist.models import Alert
from worklist.services import resolve_alert

START = datetime(2026, 5, 4, 8, tzinfo=UTC)


def hours(*numbers):
    return [START + timedelta(hours=n) for n in numbers]


@pytest.fixture
def source(in_tenant):
    """Sends each hour of two working days: silent for 15 hours at most."""
    source = SourceFactory(name="Web app")
    beats = hours(*range(10), *range(24, 34))
    for at in beats:
        IngestBatchFactory(source=source, received_at=at)
    Source.objects.update(last_event_at=beats[-1])
    return source


@pytest.mark.parametrize(
    ("beats", "patience"),
    [
        ([0, 1], None),
        (range(6), timedelta(hours=1.5)),
        ([0, 1, 2, 3, 17, 18], timedelta(hours=21)),
    ],
)
def test_patience_is_half_as_long_again_as_the_longest_pause(beats, patience):
    assert rhythm_of(hours(*beats)).patience == patience


def test_a_source_without_a_rhythm_is_never_silent():
    rhythm = Rhythm(1, timedelta())

    assert not is_silent(rhythm, last=START, now=START + timedelta(days=99))


def test_a_night_is_no_silence(in_tenant, source):
    watch_sources(in_tenant, at=START + timedelta(hours=33 + 15))

    assert Alert.objects.count() == 0


def test_silence_beyond_the_rhythm_raises_one_alert_about_the_source(in_tenant, source):
    for hour in (23, 24, 40):
        watch_sources(in_tenant, at=START + timedelta(hours=33 + hour))

    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.account) == (
        "source_silent",
        f"source:{source.pk}",
        None,
    )


def test_a_closed_alert_does_not_open_again_in_the_same_silence(in_tenant, source, csm):
    watch_sources(in_tenant, at=START + timedelta(hours=33 + 23))
    resolve_alert(Alert.objects.get(), by=csm)

    watch_sources(in_tenant, at=START + timedelta(hours=33 + 40))

    assert Alert.objects.open().count() == 0


def test_events_that_return_heal_the_alert(in_tenant, source):
    watch_sources(in_tenant, at=START + timedelta(hours=33 + 23))
    Source.objects.update(last_event_at=START + timedelta(hours=33 + 24))

    watch_sources(in_tenant, at=START + timedelta(hours=33 + 24, minutes=5))

    alert = Alert.objects.get()
    assert (alert.resolved_by, alert.resolved_at is None) == (None, False)
