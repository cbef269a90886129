"""How often a key, and all keys of a workspace together, may ask."""

import functools
import logging
import math
import time

import limits
import redis
from django.conf import settings
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)

# After a failure Redis is not asked for this long: a dead Redis costs one timeout.
PAUSE = 5  # seconds
TIMEOUT = 0.1  # seconds


class KeyRate(BaseThrottle):
    """Counts in Redis, atomically. Without Redis everyone may pass: it keeps no data."""

    paused_until = 0.0

    def allow_request(self, request, view):
        if request.auth is None or time.monotonic() < KeyRate.paused_until:
            return True
        try:
            return self._hit(request)
        except (redis.RedisError, StorageError) as error:
            KeyRate.paused_until = time.monotonic() + PAUSE
            logger.warning("rate limit not counted: %s", error)
            return True

    def wait(self):
        return self.retry_after

    def _hit(self, request):
        key, limiter = request.auth, _limiter(settings.REDIS_URL)
        per_key = _rate(settings.API_RATE_PER_KEY)
        per_tenant = _rate(settings.API_RATE_PER_TENANT)
        names = ("api", str(key.tenant_id), str(key.pk))
        is_allowed = limiter.hit(per_key, *names)
        reset, remaining = limiter.get_window_stats(per_key, *names)
        if is_allowed and not limiter.hit(per_tenant, *names[:2]):
            is_allowed = False
            reset, remaining = limiter.get_window_stats(per_tenant, *names[:2])
        self.retry_after = max(1, math.ceil(reset - time.time()))
        request._request.rate_headers = {
            "X-RateLimit-Limit": str(per_key.amount),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(self.retry_after),
        }
        return is_allowed


def seconds_to_wait(rate: str, *names: str) -> int | None:
    """Count one asking; None when it may pass, and without Redis."""
    if time.monotonic() < KeyRate.paused_until:
        return None
    try:
        limiter = _limiter(settings.REDIS_URL)
        if limiter.hit(_rate(rate), *names):
            return None
        reset, _ = limiter.get_window_stats(_rate(rate), *names)
    except (redis.RedisError, StorageError) as error:
        KeyRate.paused_until = time.monotonic() + PAUSE
        logger.warning("rate limit not counted: %s", error)
        return None
    return max(1, math.ceil(reset - time.time()))


@functools.cache
def _limiter(url):
    storage = storage_from_string(
        url.replace("unix://", "redis+unix://", 1)
        if url.startswith("unix://")
        else url,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
    )
    return SlidingWindowCounterRateLimiter(storage)


@functools.cache
def _rate(text):
    return limits.parse(text)
