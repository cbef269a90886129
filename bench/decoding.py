"""Our decoding of a batch beside a serializer of Django REST framework: CPU only."""

import os
import time
from datetime import UTC, datetime

ROUNDS = 20


def ratio():
    """CPU of the serializer over ours, for one batch of 500 messages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_platform.settings")
    import django  # noqa: PLC0415

    django.setup()
    from bench.load import template  # noqa: PLC0415

    body = template(500)
    return _cpu(_serializer(), body) / _cpu(_ours, body)


def _cpu(work, body):
    work(body)
    begun = time.process_time()
    for _round in range(ROUNDS):
        work(body)
    return time.process_time() - begun


def _ours(body):
    import msgspec  # noqa: PLC0415

    from usage.decoding import bodies  # noqa: PLC0415
    from usage.decoding.messages import Sender, row_of  # noqa: PLC0415

    read = bodies.read(body, kind=None)
    sender = Sender(source=b"0" * 16, received=datetime.now(UTC))
    return msgspec.json.encode([row_of(message, sender) for message in read.messages])


def _serializer():
    import json  # noqa: PLC0415

    from rest_framework import serializers  # noqa: PLC0415

    class Message(serializers.Serializer):
        type = serializers.CharField()
        event = serializers.CharField()
        userId = serializers.CharField()  # noqa: N815
        messageId = serializers.CharField()  # noqa: N815
        timestamp = serializers.DateTimeField()
        context = serializers.DictField()
        properties = serializers.DictField()

    def work(body):
        messages = Message(data=json.loads(body)["batch"], many=True)
        messages.is_valid(raise_exception=True)
        return json.dumps(messages.validated_data, default=str)

    return work
