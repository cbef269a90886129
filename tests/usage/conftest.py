import json

import pytest
from django.test import Client

from tenants.scoping import tenant_scope
from tests.usage.recordings import BASIC, KEY
from usage.services import doors
from usage.services.partitions import make_partitions


@pytest.fixture(autouse=True)
def _no_door_is_known():
    doors.forget_doors()


@pytest.fixture
def source(tenant):
    with tenant_scope(tenant.pk):
        return doors.create_source(name="Product", key=KEY)


@pytest.fixture
def send(source):
    """Posts a value, or bytes, to a path with the key of `source`."""
    client = Client(raise_request_exception=False)

    def post(value, path="/v1/batch", **headers):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = {"Authorization": BASIC} | headers
        return client.post(path, body, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def months(db):
    """Makes the partitions of instants."""
    return make_partitions
