"""What /metrics says of usage: the short way passes by Django's own counters."""

from prometheus_client import Counter

_messages = Counter("cs_usage_messages_total", "What became of messages.", ["outcome"])
_accepted = _messages.labels("accepted")
_duplicate = _messages.labels("duplicate")
_quarantined = _messages.labels("quarantined")
_refused = Counter("cs_usage_refusals_total", "Requests refused whole.", ["code"])


def count_receipt(receipt):
    _accepted.inc(receipt.accepted)
    _duplicate.inc(receipt.duplicate)
    _quarantined.inc(receipt.quarantined)


def count_refusal(code):
    _refused.labels(code).inc()
