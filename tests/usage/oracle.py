"""What the rollups must be, the slow and obvious way: dicts and loops over messages.

Shares no code with the application. A message is a dict; `feature_of` and `merges`
say which feature counts for which other.
"""

from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Message:
    key: str
    kind: str
    at: object
    received: object
    user: str = ""
    anonymous: str = ""
    group: str = ""
    previous: str = ""
    name: str = ""

    @property
    def order(self):
        return (self.at, self.received, self.key)


class Oracle:
    def __init__(self, messages, *, zone="UTC", merges=()):
        self.messages = list({message.key: message for message in messages}.values())
        self.zone = ZoneInfo(zone)
        self.merges = dict(merges)
        self.links = self._links()
        self.groups = [
            m
            for m in self.messages
            if m.kind == "group" and m.group and (m.user or m.anonymous)
        ]

    def _links(self):
        told = []
        for m in self.messages:
            if m.kind == "identify" and m.user and m.anonymous:
                told.append((m.order, m.anonymous, m.user))
            if m.kind == "alias" and m.user and m.previous:
                told.append((m.order, m.previous, m.user))
        links = {}
        for order, ref, means in sorted(told):
            if ref != means:
                links[ref] = (means, order)
        return links

    def person(self, ref):
        seen = []
        while ref in self.links:
            if ref in seen:
                ring = seen[seen.index(ref) :]
                return max(ring, key=lambda one: self.links[one][1])
            seen.append(ref)
            ref = self.links[ref][0]
        return ref

    def member_of(self, ref, at):
        """The account of the last group call of this person up to then."""
        if not ref:
            return None
        mine = [
            m
            for m in self.groups
            if m.at <= at and self.person(m.user or m.anonymous) == self.person(ref)
        ]
        return max(mine, key=lambda m: m.order).group if mine else None

    def account(self, message):
        return (
            message.group
            or self.member_of(message.user, message.at)
            or self.member_of(message.anonymous, message.at)
        )

    def feature(self, message):
        name = message.name.strip() or message.kind
        while name in self.merges:
            name = self.merges[name]
        return name

    def usage(self):
        for m in self.messages:
            if m.kind in ("track", "page", "screen"):
                ref = m.user or m.anonymous
                day = m.at.astimezone(self.zone).date()
                yield self.account(m), day, self.feature(m), self.person(ref), m.at

    def feature_days(self):
        events, users = defaultdict(int), defaultdict(set)
        for account, day, feature, person, _ in self.usage():
            if account:
                events[account, day, feature] += 1
                users[account, day, feature] |= {person} - {""}
        return {key: (events[key], len(users[key])) for key in events}

    def user_days(self):
        """Events and minutes: of each five of the wall clock with an event, all five."""
        events, fives = defaultdict(int), defaultdict(set)
        for account, day, _, person, at in self.usage():
            if account and person:
                clock = at.astimezone(self.zone)
                events[account, day, person] += 1
                fives[account, day, person].add((clock.hour, clock.minute // 5))
        return {key: (events[key], 5 * len(fives[key])) for key in events}

    def unassigned(self):
        return sum(1 for account, *_ in self.usage() if not account)
