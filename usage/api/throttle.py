"""How much one source may send: counted in Redis, by messages."""

import functools
import logging
import math
import time

import limits
import redis
from django.conf import settings
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)

# After a failure Redis is not asked for this long: a dead Redis costs one timeout.
PAUSE = 5  # seconds
TIMEOUT = 0.1  # seconds
# A process far from the limit counts by itself for this long: a small share of what
# is left, told to Redis with its next question.
LEASE = 0.05  # seconds
SHARE = 64

_paused_until = 0.0
_leases: dict[object, "_Lease"] = {}


class _Lease:
    def __init__(self, until, left):
        self.until, self.left, self.spent = until, left, 0


class SourceRate(BaseThrottle):
    """Without Redis everyone may pass: nothing that is sent may be lost for it."""

    retry_after = None

    def allow_request(self, request, view):
        source = request.auth.source_id
        cost = max(1, len(request._request.usage_body.messages))
        now = time.monotonic()
        lease = _leases.get(source)
        if lease and now < lease.until and lease.spent + cost <= lease.left:
            lease.spent += cost
            return True
        return now < _paused_until or self._ask(source, cost, lease, now)

    def wait(self):
        return self.retry_after

    def _ask(self, source, cost, lease, now):
        global _paused_until  # noqa: PLW0603 (one switch for the process)
        rate = _rate(settings.USAGE_RATE_PER_SOURCE)
        names = ("usage", str(source))
        owed = cost + (lease.spent if lease else 0)
        try:
            limiter = _limiter(settings.REDIS_URL)
            is_allowed = limiter.hit(rate, *names, cost=owed)
            reset, left = limiter.get_window_stats(rate, *names)
        except (redis.RedisError, StorageError) as error:
            _paused_until = now + PAUSE
            logger.warning("usage rate not counted: %s", error)
            return True
        self.retry_after = max(1, math.ceil(reset - time.time()))
        _leases[source] = _Lease(now + LEASE, left // SHARE)
        return is_allowed


@functools.cache
def _limiter(url):
    if url.startswith("unix://"):
        url = url.replace("unix://", "redis+unix://", 1)
    return FixedWindowRateLimiter(
        storage_from_string(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
    )


@functools.cache
def _rate(text):
    return limits.parse(text)
