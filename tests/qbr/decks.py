"""What is kept of a report, as bad as it comes: long names, much of everything, nothing."""

from decimal import Decimal

from django.utils import translation

from qbr.figures.figure import HOURS, MINUTES, POINTS, SHARE, Figure
from qbr.figures.sections import TITLES

WORD = "Сверхдлинноеназваниепромышленногообъединения"
LONG = (
    f"Общество с ограниченной ответственностью «{WORD}» — Qazaqstan International"
    " Logistics and Warehousing Joint Stock Company, филиал в Алматы"
)
WEEKS = [f"2026-0{month}-{day:02}" for month in (4, 5, 6) for day in (1, 8, 15, 22)]
SECTIONS = [
    {"key": key, "is_on": True, "words": ""}
    | ({"picked": ["a"]} if key == "feedback" else {})
    for key in TITLES
]


def worded(words):
    return [section | {"words": words} for section in SECTIONS]


def empty(name="Northwind"):
    return {
        "account": {"name": name, "plan": "", "seats": None, "decides_on": None},
        "workspace": "Acme",
        "people": [],
        "period": ["2026-04-01", "2026-07-01"],
        "figures": [],
        "nps": {"low": None, "high": None, "is_few": True},
        "series": {
            "people": {
                "categories": WEEKS,
                "now": [0] * 12,
                "before": [0] * 12,
                "is_monthly": False,
            },
            "health": {"categories": WEEKS, "now": [None] * 12, "is_monthly": False},
            "tickets": {
                "categories": ["2026-04-01", "2026-05-01", "2026-06-01"],
                "opened": [0, 0, 0],
                "solved": [0, 0, 0],
            },
        },
        "tables": {
            name: []
            for name in (
                "features",
                "unused_keys",
                "measures",
                "tickets",
                "answers",
                "goals",
                "promises",
                "plan",
                "requests",
                "news",
            )
        },
    }


def full(language="ru", rows=40):
    kept = empty(LONG)
    kept["workspace"], kept["people"] = LONG[:120], [f"Подготовила {LONG[:80]}"]
    kept["account"]["decides_on"] = "2027-01-31"
    with translation.override(language):
        kept["figures"] = [figure.as_kept() for figure in figures()]
    kept["nps"] = {"low": -100.0, "high": -20.4, "is_few": True}
    series = kept["series"]
    series["people"] |= {"now": list(range(40, 52)), "before": list(range(38, 50))}
    series["health"]["now"] = [70, 71, None, *range(72, 81)]
    series["tickets"] |= {"opened": [5, 0, 1290], "solved": [6, 2, 1100]}
    kept["tables"] |= tables(rows)
    return kept


def figures():
    many = Decimal(1_284_000)
    counted = [
        Figure(key, many, many - 7, rows=9)
        for key in (
            "active_people",
            "active_days",
            "uses",
            "tickets_opened",
            "tickets_solved",
            "tickets_open",
            "tickets_critical",
            "nps_answers",
        )
    ]
    parts = [
        Figure(key, Decimal(12_345), rows=9, of=54_321)
        for key in (
            "features_used",
            "key_features_used",
            "goals_met",
            "value_verified",
            "kept_ours",
            "kept_theirs",
            "requests_shipped",
            "nps_rate",
        )
    ]
    return [
        *counted,
        *parts,
        Figure("time", Decimal(1_203_045), Decimal(1_100_001), MINUTES),
        Figure("seat_share", Decimal("1.64"), Decimal("0.58"), SHARE),
        Figure("csat", Decimal("0.92"), Decimal("0.88"), SHARE),
        Figure("health", Decimal(82), Decimal(75), POINTS),
        Figure("nps", Decimal(-100), Decimal("-20.5"), POINTS),
        Figure("hours_to_solve", Decimal("1207.5"), Decimal("9.25"), HOURS),
        Figure("value_hours", Decimal(98_540), unit=HOURS),
        Figure("value_money:KZT", Decimal("12800000000.50"), unit="money:KZT"),
        Figure("value_money:USD", Decimal("128000000"), unit="money:USD"),
    ]


def tables(rows):
    promise = {
        "words": f"Обучить {LONG} " * 3,
        "side": "ours",
        "who": LONG[:80],
        "due_on": "2026-08-01",
        "state": "Просрочено",
    }
    goal = {
        "objective": f"Сократить время согласования. {LONG}",
        "measure": LONG[:90],
        "unit": "часов в неделю",
        "baseline": "12.0000",
        "target": "-4000000.0000",
        "actual": None,
        "reached": "0.6875",
        "state": "В работе",
        "is_met": False,
        "value_amount": "12800000000.50",
        "value_currency": "KZT",
        "value_hours": "98540",
        "value_formula": "847 сделок × (18 % − 12 %) × 15 часов " * 8,
        "verified_on": "2026-06-15",
        "verified_by": LONG[:60],
    }
    return {
        "features": [
            {
                "name": f"{number}. Согласование{' с ' + LONG if number % 6 == 3 else ''}",
                "is_key": number < 7,
                "uses": 12_345_678 * (rows - number),
                "before": 12_345_678 * (number % 5),
                "days": 92,
            }
            for number in range(rows)
        ],
        "unused_keys": [f"{WORD}{number}" for number in range(12)],
        "goals": [goal] * 6,
        "promises": [promise] * 9,
        "plan": [promise] * 9,
        "measures": [
            {"label": LONG[:70], "found": LONG[:90], "points": "+30", "worth": "30"}
        ]
        * 25,
        "tickets": [
            {"subject": LONG * 2, "severity": "Критическая", "opened_on": "2026-06-20"}
        ]
        * 12,
        "answers": [{"key": "a", "score": 10, "words": LONG * 2}] * 12,
        "requests": [{"title": LONG, "state": "Запланировано", "plan": LONG[:60]}] * 9,
        "news": [{"title": LONG, "words": LONG * 2, "released_on": "2026-06-01"}] * 9,
    }
