"""Accounts worked by hand: what is known of each, and the points it has to get.

The columns: days with usage in the last 30 (None: never any) · people active and seats
bought (None: no contract) · how long each open critical ticket has been open · the
latest NPS answer · bills as (due, paid) in days from today, and how many of them count
and are late · then points for days, seats, tickets, NPS, payments (None: not known),
the score, its colour, and the coverage in percent.
"""

from datetime import timedelta
from typing import NamedTuple

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
PAID = [(-40, -45)]


class Case(NamedTuple):
    name: str
    days: int | None
    users: int
    seats: int | None
    critical: list
    nps: int | None
    bills: list
    count: tuple  # bills that count, bills late
    points: tuple
    score: int | None
    band: str
    coverage: int


def case(*columns):
    return Case(*columns)


_ = None
CASES = [
    # Everything, and nothing.
    case("all is well", 30, 8, 10, [], 10, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("no data at all", _, 0, _, [], _, [], (0, 0), (_, _, _, _, _), None, "unknown", 0),
    case("a contract says nothing of health", _, 0, 10, [], _, [], (0, 0), (_, _, _, _, _), None, "unknown", 0),
    case("all is bad: clipped at 0", 1, 1, 10, [WEEK + HOUR], 0, [(-40, -30)], (1, 1), (0, 0, -20, -15, 0), 0, "red", 100),
    # Days with usage: 4/5 and 15/16.
    case("one day", 1, 6, 10, [], 9, PAID, (1, 0), (0, 20, 15, 20, 15), 70, "amber", 100),
    case("4 days", 4, 6, 10, [], 9, PAID, (1, 0), (0, 20, 15, 20, 15), 70, "amber", 100),
    case("5 days", 5, 6, 10, [], 9, PAID, (1, 0), (15, 20, 15, 20, 15), 85, "green", 100),
    case("6 days", 6, 6, 10, [], 9, PAID, (1, 0), (15, 20, 15, 20, 15), 85, "green", 100),
    case("15 days", 15, 6, 10, [], 9, PAID, (1, 0), (15, 20, 15, 20, 15), 85, "green", 100),
    case("16 days", 16, 6, 10, [], 9, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("every day", 30, 6, 10, [], 9, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("active once, silent now", 0, 0, 10, [], 9, PAID, (1, 0), (0, 0, 15, 20, 15), 50, "amber", 100),
    case("never active, a buyer otherwise", _, 0, 10, [], 9, PAID, (1, 0), (_, _, 15, 20, 15), 50, "amber", 50),
    # Seats: exactly half is not more than half.
    case("exactly half of 10", 16, 5, 10, [], 9, PAID, (1, 0), (30, 0, 15, 20, 15), 80, "green", 100),
    case("one more than half of 10", 16, 6, 10, [], 9, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("exactly half of 2", 16, 1, 2, [], 9, PAID, (1, 0), (30, 0, 15, 20, 15), 80, "green", 100),
    case("just over half of 7", 16, 4, 7, [], 9, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("just under half of 7", 16, 3, 7, [], 9, PAID, (1, 0), (30, 0, 15, 20, 15), 80, "green", 100),
    case("the only seat", 16, 1, 1, [], 9, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("more people than seats", 16, 12, 10, [], 9, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("no contract in force", 16, 6, _, [], 9, PAID, (1, 0), (30, _, 15, 20, 15), 80, "green", 80),
    case("a contract for no seats", 16, 6, 0, [], 9, PAID, (1, 0), (30, _, 15, 20, 15), 80, "green", 80),
    # Critical tickets: seven days are not more than seven days.
    case("critical since an hour", 16, 6, 10, [HOUR], 9, PAID, (1, 0), (30, 20, 0, 20, 15), 85, "green", 100),
    case("critical since exactly 7 days", 16, 6, 10, [WEEK], 9, PAID, (1, 0), (30, 20, 0, 20, 15), 85, "green", 100),
    case("critical since 7 days and a second", 16, 6, 10, [WEEK + SECOND], 9, PAID, (1, 0), (30, 20, -20, 20, 15), 65, "amber", 100),
    case("one old and one new critical", 16, 6, 10, [HOUR, WEEK * 2], 9, PAID, (1, 0), (30, 20, -20, 20, 15), 65, "amber", 100),
    case("two new critical", 16, 6, 10, [HOUR, HOUR * 2], 9, PAID, (1, 0), (30, 20, 0, 20, 15), 85, "green", 100),
    case("an old critical ticket alone: clipped", _, 0, _, [WEEK * 3], _, [], (0, 0), (_, _, -20, _, _), 0, "red", 15),
    # NPS: 6/7 and 8/9.
    case("NPS 0", 16, 6, 10, [], 0, PAID, (1, 0), (30, 20, 15, -15, 15), 65, "amber", 100),
    case("NPS 6", 16, 6, 10, [], 6, PAID, (1, 0), (30, 20, 15, -15, 15), 65, "amber", 100),
    case("NPS 7", 16, 6, 10, [], 7, PAID, (1, 0), (30, 20, 15, 0, 15), 80, "green", 100),
    case("NPS 8", 16, 6, 10, [], 8, PAID, (1, 0), (30, 20, 15, 0, 15), 80, "green", 100),
    case("NPS 9", 16, 6, 10, [], 9, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("NPS 10", 16, 6, 10, [], 10, PAID, (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("never asked", 16, 6, 10, [], _, PAID, (1, 0), (30, 20, 15, _, 15), 80, "green", 80),
    case("NPS 6 and nothing else: clipped", _, 0, _, [], 6, [], (0, 0), (_, _, 15, -15, _), 0, "red", 35),
    case("NPS 9 and nothing else", _, 0, _, [], 9, [], (0, 0), (_, _, 15, 20, _), 35, "red", 35),
    # Payments.
    case("paid on the day it was due", 16, 6, 10, [], 9, [(-10, -10)], (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("paid a day late", 16, 6, 10, [], 9, [(-10, -9)], (1, 1), (30, 20, 15, 20, 0), 85, "green", 100),
    case("one late of three", 16, 6, 10, [], 9, [(-70, -70), (-40, -20), (-10, -11)], (3, 1), (30, 20, 15, 20, 0), 85, "green", 100),
    case("unpaid and due yesterday", 16, 6, 10, [], 9, [(-1, _)], (1, 1), (30, 20, 15, 20, 0), 85, "green", 100),
    case("unpaid and due today", 16, 6, 10, [], 9, [(0, _)], (0, 0), (30, 20, 15, 20, _), 85, "green", 85),
    case("unpaid and due tomorrow", 16, 6, 10, [], 9, [(1, _)], (0, 0), (30, 20, 15, 20, _), 85, "green", 85),
    case("one on time, one not yet due", 16, 6, 10, [], 9, [(-30, -30), (20, _)], (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("paid before it is due", 16, 6, 10, [], 9, [(20, -1)], (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("late, but paid seven months ago", 16, 6, 10, [], 9, [(-240, -213), (-10, -10)], (1, 0), (30, 20, 15, 20, 15), 100, "green", 100),
    case("due long ago, paid late in the window", 16, 6, 10, [], 9, [(-240, -100)], (1, 1), (30, 20, 15, 20, 0), 85, "green", 100),
    case("unpaid for a year", 16, 6, 10, [], 9, [(-365, _)], (1, 1), (30, 20, 15, 20, 0), 85, "green", 100),
    case("no bill ever", 16, 6, 10, [], 9, [], (0, 0), (30, 20, 15, 20, _), 85, "green", 85),
    # The borders of the colours, and sums in between.
    case("80 is green", 16, 6, 10, [], 8, PAID, (1, 0), (30, 20, 15, 0, 15), 80, "green", 100),
    case("65: middling use", 15, 5, 10, [], 9, PAID, (1, 0), (15, 0, 15, 20, 15), 65, "amber", 100),
    case("50 is amber", 5, 5, 10, [], 9, [(-10, _)], (1, 1), (15, 0, 15, 20, 0), 50, "amber", 100),
    case("45 is red", 5, 5, 10, [], 7, PAID, (1, 0), (15, 0, 15, 0, 15), 45, "red", 100),
    case("use is fine, tickets and bills are not", 16, 6, 10, [WEEK * 2], 9, [(-9, _)], (1, 1), (30, 20, -20, 20, 0), 50, "amber", 100),
    case("a detractor in trouble", 16, 6, 10, [WEEK * 2], 3, [(-9, _)], (1, 1), (30, 20, -20, -15, 0), 15, "red", 100),
    case("usage only", 16, 6, _, [], _, [], (0, 0), (30, _, 15, _, _), 45, "red", 45),
    case("payments only", _, 0, _, [], _, PAID, (1, 0), (_, _, 15, _, 15), 30, "red", 30),
]  # fmt: skip
