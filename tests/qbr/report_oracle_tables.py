"""The tables of a report, reckoned again: rows as a person writes them, what is empty
left out; nothing of the code under test."""

from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import FeatureVote, Ticket
from nps.models import Response
from qbr.models import Commitment, FeatureNews, Goal
from tests.qbr.report_oracle import number, written
from usage.models import Feature, FeatureDay

MONTHS = {
    "en": [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ],
    "ru": (
        [
            "янв.",
            "февр.",
            "мар.",
            "апр.",
            "мая",
            "июн.",
            "июл.",
            "авг.",
            "сент.",
            "окт.",
            "нояб.",
            "дек.",
        ]
    ),
}
WORDS = {
    "en": {
        "open": "Open",
        "done": "Kept",
        "dropped": "Dropped",
        "late": "Overdue",
        "planned": "Planned",
        "shipped": "Shipped",
        "under way": "Under way",
        "met": "Met",
        "not yet": "not yet",
        "low": "Low",
        "normal": "Normal",
        "high": "High",
        "critical": "Critical",
        "decided": "Your contract is decided by {}.",
        "unused": "Key features not used yet: {}",
    },
    "ru": {
        "open": "Открыто",
        "done": "Выполнено",
        "dropped": "Снято",
        "late": "Просрочено",
        "planned": "Запланировано",
        "shipped": "Выпущено",
        "under way": "В работе",
        "met": "Достигнута",
        "not yet": "ещё нет",
        "low": "Низкая",
        "normal": "Обычная",
        "high": "Высокая",
        "critical": "Критическая",
        "decided": "Решение по договору — до {}.",
        "unused": "Ключевые функции, которые ещё не используются: {}",
    },
}
# Of the points card, with what stands in the world of the test.
RECEIPT = {
    "en": [
        ["Days with a login", "18 days", "+30", "30"],
        [
            "Active users of the seats bought",
            "no usage, or no contract that names seats",
            "0",
            "20",
        ],
        ["Open critical tickets", "nothing is known of this customer", "0", "15"],
        ["Latest NPS answer", "4", "−15", "20"],
        ["Payments on time", "no bill came due", "0", "15"],
    ],
    "ru": [
        ["Дни со входом", "18 дней", "+30", "30"],
        [
            "Активные пользователи от купленных мест",
            "нет использования или договора с числом мест",
            "0",
            "20",
        ],
        ["Открытые критические обращения", "о клиенте ничего не известно", "0", "15"],
        ["Последний ответ NPS", "4", "−15", "20"],
        ["Оплата в срок", "срок оплаты не наступал", "0", "15"],
    ],
}


def day(value, language):
    return f"{value.day} {MONTHS[language][value.month - 1]} {value.year}"


def promises(review, language, *, on):
    """Of last time: they stand on page one."""
    rows = Commitment.objects.filter(account=review.account).exclude(review=review)
    return [_promise(one, language, on) for one in rows]


def plan(review, language, *, on):
    rows = Commitment.objects.filter(review=review)
    return [_promise(one, language, on) for one in rows]


def decided(review, language):
    return WORDS[language]["decided"].format(day(review.account.decides_on, language))


def _promise(one, language, on):
    ours = one.owner.name
    theirs = one.contact.name if one.contact else one.account.name
    is_late = one.state == "open" and one.due_on < on
    return [
        one.words,
        ours if one.side == "ours" else theirs,
        day(one.due_on, language),
        WORDS[language]["late" if is_late else one.state],
    ]


def goals(review, language):
    """Usage and results against what was agreed: from, to, now, how far."""
    rows = []
    for one in Goal.objects.filter(account=review.account):
        begin = one.baseline or Decimal(0)
        reached = (one.actual - begin) / (one.target - begin) * 100
        measured = [
            f"{_short(value, language)} {one.unit}".strip()
            if value is not None
            else "–"
            for value in (one.baseline, one.target, one.actual)
        ]
        rows.append(
            [
                one.objective,
                one.measure,
                *measured,
                f"{round(reached)}%",
                _state(one, review, language),
            ]
        )
    return rows


def _state(goal, review, language):
    if goal.state != "met":
        return WORDS[language]["under way"]
    after = goal.closed_on >= review.period_end
    word = WORDS[language]["met"]
    return f"{word}, {day(goal.closed_on, language)}" if after else word


def values(review, language):
    """What is worth something, with how it is reckoned and who confirmed it."""
    rows = []
    for one in Goal.objects.filter(
        account=review.account,
        state="met",
        closed_on__gte=review.period_start,
        closed_on__lt=review.period_end,
    ):
        money = written(
            f"value_money:{one.value_currency}", one.value_amount, None, language
        )
        hours = written("value_hours", one.value_hours, None, language)
        confirmed = WORDS[language]["not yet"]
        if one.verified_at:
            confirmed = day(one.verified_at.date(), language)
        rows.append(
            [
                one.objective,
                f"{money}, {hours}",
                one.value_formula,
                WORDS[language]["met"],
                confirmed,
            ]
        )
    return rows


def open_tickets(review, language, *, zone):
    until = datetime.combine(review.period_end, time(), ZoneInfo(zone))
    order = ["critical", "high", "normal", "low"]
    rows = [
        one
        for one in Ticket.objects.filter(account=review.account)
        if one.opened_at < until and not (one.solved_at and one.solved_at < until)
    ]
    rows.sort(key=lambda one: (order.index(one.severity), one.opened_at))
    return [
        [
            one.subject,
            WORDS[language][one.severity],
            day(one.opened_at.astimezone(ZoneInfo(zone)), language),
        ]
        for one in rows
    ]


def answers(review, language, *, zone):
    """Of each person the latest: how many points, and their words; never who."""
    latest = {}
    for one in Response.objects.filter(account=review.account).order_by("answered_at"):
        on = one.answered_at.astimezone(ZoneInfo(zone)).date()
        if review.period_start <= on < review.period_end:
            latest[one.contact_id or one.pk] = one
    return [[str(one.score), one.comment] for one in latest.values()]


def requests(review, language):
    return [
        [one.request.title, WORDS[language][one.request.state]]
        for one in FeatureVote.objects.filter(account=review.account)
    ]


def news(language):
    return [
        [one.title, one.words, day(one.released_on, language)]
        for one in FeatureNews.objects.all()
    ]


def unused_keys(review, language):
    used = {
        row.feature_id
        for row in FeatureDay.objects.filter(account=review.account)
        if review.period_start <= row.day < review.period_end
    }
    names = [
        one.label for one in Feature.objects.filter(is_key=True) if one.pk not in used
    ]
    return WORDS[language]["unused"].format(", ".join(sorted(names)))


def _short(value, language):
    text = number(value, 4, language)
    return text.rstrip("0").rstrip({"en": ".", "ru": ","}[language])
