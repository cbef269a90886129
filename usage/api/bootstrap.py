"""What a browser library asks before it sends: where to, and whether."""

from django.conf import settings
from django.core.exceptions import DisallowedHost

from usage.api.answers import answer
from usage.api.endpoint import Machine
from usage.api.senders import UNAUTHORIZED, key_of_request
from usage.decoding.refusals import Refused
from usage.services.doors import door_of


class ProjectSettings(Machine):
    """Everything goes to us, and to us alone."""

    def get(self, request, write_key):
        door = door_of(write_key)
        if door is None:
            raise Refused(404, "unknown_write_key", "There is no such write key.")
        to_us = {
            "apiKey": write_key,
            "apiHost": f"{_host(request)}/v1",
            "protocol": "https" if settings.IS_HTTPS else request.scheme,
            "type": "browser",
        }
        return answer(
            request,
            {
                "integrations": {"Segment.io": to_us},
                "plan": {"track": {"__default": {"enabled": True}}},
                "metrics": {"sampleRate": 0},
                "remotePlugins": [],
            },
        )


class SourceConfig(Machine):
    """The same question in another dialect."""

    def get(self, request):
        door = door_of(key_of_request(request._request))
        if door is None:
            raise UNAUTHORIZED
        off = {"enabled": False}
        source = {
            "id": str(door.source_id),
            "name": door.name,
            "writeKey": door.write_key,
            "enabled": True,
            "config": {"statsCollection": {"errors": off, "metrics": off}},
            "workspaceId": str(door.tenant_id),
            "connections": [],
            "destinations": [],
            "dataplanes": {},
        }
        return answer(
            request, {"source": source, "updatedAt": door.created_at.isoformat()}
        )


def _host(request):
    try:
        return request.get_host()
    except DisallowedHost:
        raise Refused(400, "unknown_host", "We do not answer to this host.") from None
