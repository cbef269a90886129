"""A quarantined message, mended as somebody said, to be tried again."""

import json
import math

from usage.decoding.refusals import Bad

VERBS = ("move", "set", "drop", "clean")


def problem_of(fix) -> str:
    """Why this is no fix, or nothing."""
    if not isinstance(fix, dict) or set(fix) - set(VERBS):
        return f"A fix is an object of {', '.join(VERBS)}."
    for verb in ("move", "set"):
        if not isinstance(fix.get(verb, {}), dict):
            return f"`{verb}` is an object: from a path to what comes of it."
    paths = [*fix.get("move", {}), *fix.get("move", {}).values(), *fix.get("set", {})]
    drop = fix.get("drop", [])
    if not isinstance(drop, list) or not all(isinstance(p, str) for p in paths + drop):
        return "Paths are texts: names joined by dots."
    return "" if isinstance(fix.get("clean", False), bool) else "`clean` is yes or no."


def mend(body: str, fix: dict):
    """The message of a quarantined body after a fix, in this order:

    `clean` (true) puts null for NaN, Infinity and numbers too large, and a question
    mark for broken Unicode; `move` renames {"user.id": "userId"}; `set` puts
    {"event": "Signed in"}; `drop` takes paths out. Raises `Bad` when it still is no
    JSON.
    """
    message = _loads(body, fix.get("clean", False))
    if not isinstance(message, dict):
        return message
    for source, target in fix.get("move", {}).items():
        found, value = _take(message, source)
        if found:
            _put(message, target, value)
    for path, value in fix.get("set", {}).items():
        _put(message, path, value)
    for path in fix.get("drop", []):
        _take(message, path)
    return message


def _loads(body, is_cleaned):
    def constant(name):
        if not is_cleaned:
            raise Bad("not_a_number", "NaN and Infinity are no JSON numbers.")

    def real(text):
        number = float(text)
        return constant(text) if math.isinf(number) else number

    def whole(text):
        return int(text) if len(text) < 20 else real(text)

    try:
        value = json.loads(
            body,
            parse_constant=constant,
            parse_float=real,
            parse_int=whole,
            strict=False,
        )
    except RecursionError:
        raise Bad("too_deep", "It is nested too deep.") from None
    except ValueError:
        raise Bad("invalid_text", "It is not valid JSON.") from None
    return _whole_text(value, is_cleaned)


def _whole_text(value, is_cleaned):
    if isinstance(value, dict):
        return {
            _whole_text(name, is_cleaned): _whole_text(inner, is_cleaned)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_whole_text(item, is_cleaned) for item in value]
    if not isinstance(value, str):
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        if not is_cleaned:
            raise Bad(
                "invalid_text", "It holds text that is not valid Unicode."
            ) from None
        value = value.encode(errors="replace").decode()
    return value.replace("\x00", "")


def _take(message, path):
    *outer, last = path.split(".")
    for name in outer:
        message = message.get(name)
        if not isinstance(message, dict):
            return False, None
    return last in message, message.pop(last, None)


def _put(message, path, value):
    *outer, last = path.split(".")
    for name in outer:
        inner = message.get(name)
        if not isinstance(inner, dict):
            inner = message[name] = {}
        message = inner
    message[last] = value
