"""Who plays in the demo: invented companies, people and product features."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One demo workspace: how large, in which words and money, and who works there."""

    slug: str
    name: str
    timezone: str
    currency: str
    language: str
    customers: int
    # What a seat costs a month, by plan.
    plans: dict[str, int]
    countries: tuple[str, ...]
    segments: tuple[str, ...]
    features: tuple[str, ...]
    key_features: tuple[str, ...]
    error_feature: str
    # Which scorecard is for whom, beside "Points": (card, lifecycle stages).
    cards: tuple[tuple[str, tuple[str, ...]], ...]
    # (name, e-mail, role): the first CSM is the one to sign in as.
    people: tuple[tuple[str, str, str], ...]


ENGLISH_FEATURES = (
    "Report created",
    "Dashboard viewed",
    "Export downloaded",
    "Alert configured",
    "Integration synced",
    "Comment added",
    "Forecast opened",
    "Team member invited",
)
RUSSIAN_FEATURES = (
    "Сделка создана",
    "Сделка закрыта",
    "Звонок записан",
    "Отчёт открыт",
    "Счёт выставлен",
    "Интеграция с 1С",
    "Задача поставлена",
    "Воронка настроена",
)

STAGES = (
    Stage(
        slug="lumen",
        name="Lumen Analytics",
        timezone="America/New_York",
        currency="USD",
        language="en",
        customers=70,
        plans={"Starter": 29, "Growth": 49, "Scale": 79},
        countries=("US", "US", "US", "CA", "GB"),
        segments=("Small business", "Mid-market", "Enterprise"),
        features=ENGLISH_FEATURES,
        key_features=("Report created", "Integration synced", "Forecast opened"),
        error_feature="Import failed",
        cards=(("Onboarding", ("onboarding",)),),
        people=(
            ("Maya Fischer", "csm@lumen.example", "csm"),
            ("Daniel Okafor", "daniel@lumen.example", "csm"),
            ("Ines Duarte", "ines@lumen.example", "csm"),
            ("Laura Chen", "lead@lumen.example", "lead"),
            ("Tom Becker", "ops@lumen.example", "ops"),
            ("Ruth Adeyemi", "admin@lumen.example", "admin"),
            ("Paul Laurent", "viewer@lumen.example", "viewer"),
        ),
    ),
    Stage(
        slug="tengri",
        name="Тенгри CRM",
        timezone="Asia/Almaty",
        currency="KZT",
        language="ru",
        customers=45,
        plans={"Старт": 4900, "Рост": 8900, "Бизнес": 14900},
        countries=("KZ", "KZ", "KZ", "KZ", "UZ", "KG"),
        segments=("Малый бизнес", "Средний бизнес", "Крупный бизнес"),
        features=RUSSIAN_FEATURES,
        key_features=("Сделка закрыта", "Интеграция с 1С", "Воронка настроена"),
        error_feature="Ошибка обмена с 1С",
        cards=(("Onboarding", ("onboarding",)), ("Weighted", ())),
        people=(
            ("Айгерим Сапарова", "csm@tengri.example", "csm"),
            ("Тимур Ахметов", "timur@tengri.example", "csm"),
            ("Динара Исаева", "lead@tengri.example", "lead"),
            ("Олег Ким", "ops@tengri.example", "ops"),
            ("Асель Нурланова", "admin@tengri.example", "admin"),
            ("Марат Жумабаев", "viewer@tengri.example", "viewer"),
        ),
    ),
    Stage(
        slug="harbor",
        name="Harbor Logistics Cloud",
        timezone="Europe/Berlin",
        currency="EUR",
        language="en",
        customers=14,
        plans={"Team": 39, "Company": 69},
        countries=("DE", "DE", "NL", "AT", "FR"),
        segments=("Mid-market", "Enterprise"),
        features=(
            "Shipment booked",
            "Route planned",
            "Customs form filed",
            "Invoice matched",
            "Tracking shared",
        ),
        key_features=("Shipment booked", "Customs form filed"),
        error_feature="Label not printed",
        cards=(("Onboarding", ("onboarding",)),),
        people=(
            ("Jonas Brandt", "csm@harbor.example", "csm"),
            ("Eva Novak", "lead@harbor.example", "lead"),
            ("Piet de Vries", "ops@harbor.example", "ops"),
            ("Clara Wolff", "admin@harbor.example", "admin"),
            ("Hugo Martin", "viewer@harbor.example", "viewer"),
        ),
    ),
)
