import pytest

from tests.faults.redis_server import running_redis


@pytest.fixture
def broker(committed):
    """A Redis of this test's own, with real commits beside it."""
    with running_redis() as server:
        yield server
