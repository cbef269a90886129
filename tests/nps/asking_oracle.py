"""Who has to be asked, told a second time and slowly.

Shares no code with nps.planning, its queries or accounts.calendar: it keeps the facts
in dictionaries, and at each run goes through every person, survey and occasion there
ever was. Facts come as plain values; keys of rows as the product gave them, because
what is spread is spread by them.
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

ONE = timedelta(days=1)


@dataclass(eq=False)
class Invited:
    """One asking, from the day somebody sent it or it went out."""

    survey: str
    contact: str | None
    address: str
    occasion: str
    planned: date
    lapses: date
    at: datetime | None = None
    state: str = "planned"
    why: str = ""
    is_late: bool = False
    reminded: datetime | None = None

    @property
    def is_by_hand(self):
        return self.occasion.startswith("hand:")


@dataclass
class World:
    """The facts as they stand."""

    zone: str
    limits: dict
    week: dict
    accounts: dict = field(default_factory=dict)
    contacts: dict = field(default_factory=dict)
    surveys: dict = field(default_factory=dict)
    tickets: dict = field(default_factory=dict)
    left: set = field(default_factory=set)
    used: dict = field(default_factory=lambda: defaultdict(set))


@cache
def named(country, year):
    return holidays.country_holidays(country, years=[year])


class Oracle:
    def __init__(self, world, ids):
        self.world, self.ids = world, ids
        self.invited = []
        # Why people were not asked, how often: what the simulation has seen.
        self.counted = Counter()
        self._done = set()
        self._spread = {}
        self._solved = {}

    # What happens between runs.

    def send(self, survey, name, tiers, on):
        for contact, facts in self.world.contacts.items():
            account = self.world.accounts[facts["account"]]
            rules = self.world.surveys[survey]
            if (
                not facts["email"]
                or not account["served"]
                or (tiers and account["tier"] not in tiers)
                or not self._is_audience(rules, facts, account)
            ):
                continue
            key = f"hand:{self.ids[name]}"
            planned = self._planned(survey, contact, key, on)
            self.invited.append(
                Invited(
                    survey,
                    contact,
                    facts["email"].lower(),
                    f"hand:{name}",
                    planned,
                    planned + ONE * rules["lapses"],
                )
            )

    def switch_off(self, survey):
        self.world.surveys[survey]["on"] = False
        for one in self.invited:
            if one.survey == survey and one.state == "planned":
                one.state, one.why = "recalled", "switched_off"

    def remove(self, contact):
        del self.world.contacts[contact]
        for one in self.invited:
            if one.contact == contact:
                one.contact = None

    # A run.

    def run(self, at):
        local = at.astimezone(ZoneInfo(self.world.zone))
        today = local.date()
        for one in self.invited:
            if one.state in ("sent", "reminded") and at >= self._expiry(one):
                one.state = "expired"
        if not self.world.limits["from"] <= local.hour < self.world.limits["to"]:
            return
        self._remind(at, today)
        self._solved = self._solved_by_person()
        by_address = defaultdict(list)
        for case in [*self._due(today), *self._by_hand(today)]:
            by_address[case.address].append(case)
        history = defaultdict(list)
        for one in self.invited:
            if one.at:
                history[one.address].append(one)
        for address, cases in by_address.items():
            self._decide(cases, history[address], at, today)

    def _decide(self, cases, history, at, today):
        for case in sorted(cases, key=self._turn):
            why = self._against(case, history, today)
            if not why:
                self._ask(case, at, today)
                history.append(case)
                continue
            self.counted[why] += 1
            if case.is_by_hand:
                self._hold(case, why)

    def _turn(self, case):
        keys = (self.ids[case.survey], self._key(case.occasion))
        return (case.planned, *map(str, keys), str(self.ids.get(case.contact)))

    def _ask(self, case, at, today):
        case.at, case.state, case.why = at, "sent", ""
        case.is_late = today > case.planned
        if not case.is_by_hand:
            self.invited.append(case)
        self._done.add((case.survey, case.contact, case.occasion))

    def _hold(self, case, why):
        if why == "lapsed":
            case.state, case.why = "recalled", case.why or "lapsed"
        elif why not in ("quiet_day", "later"):
            case.why = why

    def _against(self, case, history, today):
        if today > case.lapses:
            return "lapsed"
        if not self._goes_out(today, case.occasion):
            return "quiet_day"
        facts = self.world.contacts.get(case.contact)
        account = facts and self.world.accounts[facts["account"]]
        if facts is None or not account["served"]:
            return "gone"
        rules = self.world.surveys[case.survey]
        return self._unfit(rules, facts, account, today) or self._too_soon(
            rules, history, today
        )

    def _unfit(self, rules, facts, account, today):
        if not facts["email"]:
            return "no_address"
        if facts["email"].lower() in self.world.left:
            return "opted_out"
        if rules["roles"] and not rules["roles"] & facts["roles"]:
            return "role"
        if rules["tiers"] and account["tier"] not in rules["tiers"]:
            return "tier"
        month = [today - ONE * back for back in range(28)]
        used = self.world.used[facts["account"]] & set(month)
        return "little_use" if len(used) < rules["use"] else ""

    def _too_soon(self, rules, history, today):
        ages = [(today - self._day(one.at)).days for one in history]
        kinds = [self.world.surveys[one.survey]["kind"] for one in history]
        if any(
            kind == rules["kind"] and age < rules["wait"]
            for age, kind in zip(ages, kinds, strict=True)
        ):
            return "wait_kind"
        if any(age < rules["wait_any"] for age in ages):
            return "wait_any"
        limits = self.world.limits
        spent = len([age for age in ages if age < limits["days"]])
        return "budget" if spent >= limits["count"] else ""

    def _by_hand(self, today):
        for one in self.invited:
            rules = self.world.surveys[one.survey]
            if one.state == "planned" and rules["on"] and one.planned <= today:
                facts = self.world.contacts.get(one.contact)
                one.address = facts["email"].lower() if facts else one.address
                yield one

    def _due(self, today):
        for survey, rules in self.world.surveys.items():
            for contact, facts in self.world.contacts.items() if rules["on"] else ():
                account = self.world.accounts[facts["account"]]
                is_there = facts["email"] and account["served"]
                if is_there and self._is_audience(rules, facts, account):
                    yield from self._due_to(survey, contact, facts["account"], today)

    def _due_to(self, survey, contact, account, today):
        rules = self.world.surveys[survey]
        for occasion, day, end in self._occasions(rules, contact, account, today):
            if (survey, contact, occasion) not in self._done:
                case = self._case(survey, contact, occasion, day, end)
                if case.planned <= today <= case.lapses:
                    yield case

    def _occasions(self, rules, contact, account, today):
        since = max(rules["since"], today - 300 * ONE)
        facts = self.world.accounts[account]
        found = []
        if facts["since"]:
            for days in rules["starts"]:
                found.append((f"start:{days}", facts["since"] + days * ONE, None))
            days = max(rules["starts"], default=0)
            while rules["every"] and (age := days + rules["every"]) < 4000:
                days = age
                if facts["since"] + days * ONE > today:
                    break
                found.append((f"every:{days}", facts["since"] + days * ONE, None))
        if rules["decision"] is not None and facts["decides"]:
            decides = facts["decides"]
            found.append(
                (
                    f"decision:{account}:{decides}",
                    decides - rules["decision"] * ONE,
                    decides - ONE,
                )
            )
        if rules["ticket"]:
            found += [
                (f"ticket:{name}", day, None)
                for name, day in self._solved.get(contact, ())
            ]
        return [one for one in found if since <= one[1] <= today]

    def _solved_by_person(self):
        found = defaultdict(list)
        for name, (who, solved) in self.world.tickets.items():
            if solved:
                found[who].append((name, self._day(solved)))
        return found

    def _case(self, survey, contact, occasion, day, end):
        address = self.world.contacts[contact]["email"].lower()
        planned = self._planned(survey, contact, self._key(occasion), day)
        lapses = planned + ONE * self.world.surveys[survey]["lapses"]
        lapses = min(lapses, end) if end else lapses
        return Invited(survey, contact, address, occasion, planned, lapses)

    def _planned(self, survey, contact, key, day):
        known = (survey, contact, key, day)
        if known not in self._spread:
            self._spread[known] = self._walk(survey, contact, key, day)
        return self._spread[known]

    def _walk(self, survey, contact, key, day):
        rules = self.world.surveys[survey]
        text = f"{self.ids[survey]}:{self.ids[contact]}:{key}"
        number = int(hashlib.blake2b(text.encode(), digest_size=8).hexdigest(), 16)
        left = 0 if key.startswith("ticket:") else number % rules["spread"]
        while not self._goes_out(day, key) or left > 0:
            left -= self._goes_out(day, key)
            day += ONE
        return day

    def _goes_out(self, day, occasion):
        week = self.world.week
        if day.month in week["dead"] and not occasion.startswith("ticket:"):
            return False
        if day in week["extra"]:
            return False
        if week["country"]:
            package = named(week["country"], day.year)
            if day in package:
                return False
            if day in package.weekend_workdays:
                return True
        return day.weekday() in week["weekdays"]

    def _remind(self, at, today):
        for one in self.invited:
            rules = self.world.surveys[one.survey]
            facts = self.world.contacts.get(one.contact)
            if one.state != "sent" or not rules["on"] or rules["remind"] is None:
                continue
            if facts is None or one.address in self.world.left:
                continue
            if not self.world.accounts[facts["account"]]["served"]:
                continue
            if (today - self._day(one.at)).days < rules["remind"]:
                continue
            if self._goes_out(today, one.occasion):
                one.state, one.reminded = "reminded", at

    def _is_audience(self, rules, facts, account):
        return (not rules["roles"] or rules["roles"] & facts["roles"]) and (
            not rules["tiers"] or account["tier"] in rules["tiers"]
        )

    def _expiry(self, one):
        return one.at + ONE * self.world.surveys[one.survey]["expires"]

    def _key(self, occasion):
        """The occasion as the product keys it: rows by their keys."""
        word, _colon, rest = occasion.partition(":")
        name, _colon, more = rest.partition(":")
        if word in ("start", "every"):
            return occasion
        return ":".join(filter(None, (word, str(self.ids[name]), more)))

    def _day(self, at):
        return at.astimezone(ZoneInfo(self.world.zone)).date()
