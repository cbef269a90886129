"""Logs are JSON, one object a line; a line break in a value cannot forge a line."""

import re

import structlog

# What stands in an address as a secret: the token of an invitation, a write key. Who may
# read logs could else answer a survey as somebody, or learn who gave an anonymous answer.
SECRETS = re.compile(
    r"(/invitations/|/calendar/|writeKey=|/v1/projects/|/snippet/)[^/\s&'\"]+"
    r"|(/[rswuk]/)[^\s&'\"]+"
)


def configure():
    """Hand the events of structlog to the standard library's handlers. Idempotent."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def json_line(logger, name, event):
    """Render a log record of structlog or of the standard library as one line."""
    record = event.pop("_record", None)
    event.pop("_from_structlog", None)
    if record is not None:
        event.setdefault("level", record.levelname.lower())
        event.setdefault("logger", record.name)
        if record.exc_info:
            event["exc_info"] = record.exc_info
    for processor in (
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ):
        event = processor(logger, name, event)
    return SECRETS.sub(r"\1\2[hidden]", event)
