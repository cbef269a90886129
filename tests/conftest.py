import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from tenants.models import Role
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tests import databases
from tests.factories.tenants import MembershipFactory, TenantFactory, UserFactory

ALIASES = ("default", "ops", "owner")


def pytest_configure(config):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.REDIS_URL = databases.redis_url(settings.REDIS_URL, int(worker) + 1)
    settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL


@pytest.fixture(autouse=True)
def _language():
    """Each test begins in our own language: a request leaves its reader's behind."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """A database of this worker's own, copied from a template the owner migrated.

    Tests then run as the app role, which owns nothing: as in production.
    """
    with django_db_blocker.unblock(), databases.fresh() as name:
        for alias in ALIASES:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            connections.settings[alias]["NAME"] = name
        yield
        connections.close_all()


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A database in which commits are real: for threads, workers and the ops role.

    Emptied as the owner afterwards.
    """
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        databases.empty()


@pytest.fixture
def fresh_limits():
    """Nobody has tried to sign in yet, and nobody will have afterwards."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tenant(db):
    return TenantFactory(slug="acme", name="Acme")


@pytest.fixture
def other_tenant(db):
    return TenantFactory(slug="globex", name="Globex")


@pytest.fixture
def in_tenant(tenant):
    """The body of the test stands inside the scope of `tenant`."""
    with tenant_scope(tenant.pk):
        yield tenant


def _member(tenant, role):
    return MembershipFactory(tenant=tenant, role=role).user


@pytest.fixture
def csm(tenant):
    return _member(tenant, Role.CSM)


@pytest.fixture
def lead(tenant):
    return _member(tenant, Role.LEAD)


@pytest.fixture
def ops(tenant):
    return _member(tenant, Role.OPS)


@pytest.fixture
def admin(tenant):
    return _member(tenant, Role.ADMIN)


@pytest.fixture
def viewer(tenant):
    return _member(tenant, Role.VIEWER)


@pytest.fixture
def stranger(other_tenant):
    """An admin, but of another workspace."""
    return _member(other_tenant, Role.ADMIN)


@pytest.fixture
def sign_in():
    def client_of(user):
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def csm_client(sign_in, csm):
    return sign_in(csm)


@pytest.fixture
def lead_client(sign_in, lead):
    return sign_in(lead)


@pytest.fixture
def ops_client(sign_in, ops):
    return sign_in(ops)


@pytest.fixture
def admin_client(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def viewer_client(sign_in, viewer):
    return sign_in(viewer)


@pytest.fixture
def stranger_client(sign_in, stranger):
    return sign_in(stranger)


@pytest.fixture
def visitor_client():
    return Client()


@pytest.fixture
def user(db):
    return UserFactory()


@pytest.fixture
def api_key(tenant):
    """The secret of a key of `tenant` that reads and writes."""
    return _secret(tenant, ["read", "write"])


def _secret(tenant, scopes):
    with tenant_scope(tenant.pk):
        return create_api_key(name="A program", scopes=scopes)[1]


def _api_client(secret):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def api(api_key):
    """A program that may read and write the workspace of `tenant`."""
    return _api_client(api_key)


@pytest.fixture
def reading_api(tenant):
    """A program that may only read."""
    return _api_client(_secret(tenant, ["read"]))


@pytest.fixture
def strangers_api(other_tenant):
    """A program of another workspace."""
    return _api_client(_secret(other_tenant, ["read", "write"]))
