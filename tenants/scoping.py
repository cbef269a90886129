"""The first wall, and the door that opens both: no tenant in scope, no rows."""

import logging
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection, models, transaction
from django_scopes import ScopedManager, scope, scopes_disabled
from django_scopes.state import get_scope

logger = logging.getLogger(__name__)

_over_the_wall: ContextVar[bool] = ContextVar("over_the_wall", default=False)


class TwoTenants(RuntimeError):
    """A scope was opened inside the scope of another tenant."""


def current_tenant_id():
    """The id of the tenant in scope, or None."""
    return get_scope().get("tenant")


@contextmanager
def tenant_scope(tenant_id):
    """Open both walls for one tenant: a transaction, the database's setting, the scope.

    Commits on a clean exit and rolls back on an exception. Nested for the same tenant
    it is a savepoint; for another tenant it raises `TwoTenants`.
    """
    before = current_tenant_id()
    if before is not None and before != tenant_id:
        raise TwoTenants(f"tenant {tenant_id} asked for inside the scope of {before}")
    nested = connection.in_atomic_block
    with transaction.atomic(), scope(tenant=tenant_id):
        _tell_database(tenant_id)
        yield
        if nested:
            # A released savepoint keeps SET LOCAL: put back what was there.
            _tell_database(before)


def is_over_the_wall():
    """Whether reads go to the role that may look at every tenant."""
    return _over_the_wall.get()


@contextmanager
def all_tenants(reason):
    """Look over the wall, read-only, as the ops role. `reason` is for log and grep."""
    logger.info("looking over the wall: %s", reason)
    token = _over_the_wall.set(True)
    try:
        with scopes_disabled():
            yield
    finally:
        _over_the_wall.reset(token)


def scoped_manager(queryset_class=models.QuerySet):
    """A manager that filters by the tenant in scope and refuses without one."""
    return ScopedManager(
        tenant="tenant", _manager_class=models.Manager.from_queryset(queryset_class)
    )


def _tell_database(tenant_id):
    # SET LOCAL, never set_config(): only SET reaches the workers of a distributed
    # Postgres, and only LOCAL is gone with the transaction behind a pooling proxy.
    value = "" if tenant_id is None else str(int(tenant_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL citus.propagate_set_commands TO 'local';"
            "SET LOCAL statement_timeout TO %s; SET LOCAL app.tenant_id TO %s",
            [settings.STATEMENT_TIMEOUT, value],
        )
