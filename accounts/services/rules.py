"""A constraint of the database, asked of plain values before they are written.

The rule is stated once, on the model; this reads it. So a batch of a thousand rows says
which of them break which rule, and asks the database nothing.
"""

import operator
from typing import Any

from django.db.models import CheckConstraint, F, Q

_LOOKUPS = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, options: value in options,
    "range": lambda value, ends: ends[0] <= value <= ends[1],
}


def holds(rule: Q, values: dict[str, Any]) -> bool | None:
    """Whether a Q is true of these values; None, as in SQL, when a null hides it."""
    answers = [_answer(child, values) for child in rule.children]
    if rule.connector == Q.AND:
        answer = False if False in answers else None if None in answers else True
    else:
        answer = True if True in answers else None if None in answers else False
    return None if answer is None else answer != rule.negated


def broken(model, values: dict[str, Any]) -> dict[str, list[str]]:
    """The sentences of a model's check constraints that the values break, by field."""
    errors: dict[str, list[str]] = {}
    for constraint in model._meta.constraints:
        is_rule = isinstance(constraint, CheckConstraint)
        if is_rule and holds(constraint.condition, values) is False:
            field = _blamed(model, constraint.condition)
            sentence = str(constraint.get_violation_error_message())
            errors.setdefault(field, []).append(sentence)
    return errors


def _answer(child, values):
    if isinstance(child, Q):
        return holds(child, values)
    path, wanted = child
    name, _, lookup = path.partition("__")
    value = values.get(name)
    wanted = values.get(wanted.name) if isinstance(wanted, F) else wanted
    if lookup == "isnull" or (lookup in ("", "exact") and wanted is None):
        return (value is None) == (wanted is None or wanted is True)
    if value is None or wanted is None:
        return None
    return _LOOKUPS[lookup or "exact"](value, wanted)


def _blamed(model, rule):
    """The field to mend: the first that is not a choice from a list."""
    names = list(dict.fromkeys(_names(rule)))
    free = [name for name in names if not model._meta.get_field(name).choices]
    return (free or names)[0]


def _names(rule):
    for child in rule.children:
        if isinstance(child, Q):
            yield from _names(child)
        else:
            yield child[0].partition("__")[0]
