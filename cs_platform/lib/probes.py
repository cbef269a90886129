"""Is the process alive, and is it ready: no details for strangers."""

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from cs_platform.lib.outage import STORE_ERRORS


@require_safe
def healthz(request):
    """200 while the process answers; asks no store."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request):
    """200 when both stores are reachable and every migration is applied, else 503."""
    ready = {"database": _database(), "migrations": False, "redis": _redis()}
    if ready["database"]:
        ready["migrations"] = _migrations()
    status = 200 if all(ready.values()) else 503
    return JsonResponse(
        {"status": "ok" if status == 200 else "not ready"} | ready, status=status
    )


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except STORE_ERRORS:
        return False
    return True


def _migrations():
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _redis():
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)
    try:
        return bool(client.ping())
    except STORE_ERRORS:
        return False
    finally:
        client.close()
