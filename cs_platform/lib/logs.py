"""Logs are JSON, one object a line; a line break in a value cannot forge a line."""

import structlog


def json_line(logger, name, event):
    """Render a log record of structlog or of the standard library as one line."""
    record = event.pop("_record", None)
    event.pop("_from_structlog", None)
    if record is not None:
        event.setdefault("level", record.levelname.lower())
        event.setdefault("logger", record.name)
    event = structlog.processors.TimeStamper(fmt="iso", utc=True)(logger, name, event)
    return structlog.processors.JSONRenderer(ensure_ascii=False)(logger, name, event)
