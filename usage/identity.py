"""Who is who: chains of ids followed to their end. Knows no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Link:
    """`ref` means `means`; `order` says which of several links of a ring is newest."""

    ref: str
    means: str
    order: Any


def resolve(links: Iterable[Link]) -> dict[str, str]:
    """The person behind every id mentioned: the end of its chain.

    One link per id. A ring is opened at its newest link: that link is not followed, so
    its id is the person of all on the ring. An id that means itself is an end.
    """
    by_ref = {link.ref: link for link in links if link.ref != link.means}
    persons: dict[str, str] = {}
    for ref in [*by_ref, *(link.means for link in by_ref.values())]:
        path = _path(ref, by_ref, persons)
        end = _end(path, by_ref, persons)
        persons |= dict.fromkeys(path, end)
    return persons


def _path(ref: str, by_ref: dict[str, Link], persons: dict[str, str]) -> list[str]:
    """The ids from here to the end, to a known id, or once around a ring."""
    path: list[str] = []
    seen = set()
    while ref not in seen and ref not in persons:
        seen.add(ref)
        path.append(ref)
        if ref not in by_ref:
            return path
        ref = by_ref[ref].means
    return [*path, ref]


def _end(path: list[str], by_ref: dict[str, Link], persons: dict[str, str]) -> str:
    last = path[-1]
    if last in persons:
        return persons[last]
    if path.index(last) == len(path) - 1:
        return last
    ring = path[path.index(last) : -1]
    return max((by_ref[ref] for ref in ring), key=lambda link: link.order).ref
