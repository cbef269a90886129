"""What people write about: topics found by stems, in English and Russian alike."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nps.numbers import Nps, tally
from nps.stems import stem

WORD = re.compile(r"[a-z]+|[а-яё]+")
# Shorter words say nothing of what it is about.
SHORTEST = 4

TOPICS: dict[str, tuple[str | Promise, str]] = {
    "price": (
        _("Price"),
        """price pricing expensive cost costs costly cheap money budget value discount fee
        цена цены ценник стоимость дорого дорогой дешево дешевый бюджет тариф скидка
        деньги оплата""",
    ),
    "support": (
        _("Support"),
        """support helpdesk manager service team responsive answered answer reply ticket
        поддержка менеджер сервис команда ответ отвечает ответили помощь помогли
        обращение""",
    ),
    "speed": (
        _("Speed"),
        """slow slower fast speed performance lag lags loading quick quickly freeze freezes
        freezing медленно медленный быстро быстрый скорость тормозит тормоза зависает
        виснет грузится загрузка""",
    ),
    "errors": (
        _("Errors"),
        """bug bugs error errors crash crashes broken fails failed failure glitch downtime
        outage ошибка ошибки баг баги сбой сбои вылетает глючит сломан сломалось
        простой падает упал""",
    ),
    "ease": (
        _("Ease of use"),
        """easy easier simple intuitive interface usability confusing complicated design
        clumsy navigation удобный удобно неудобно простой просто интерфейс интуитивный
        понятный непонятно сложно сложный запутанный дизайн""",
    ),
    "integrations": (
        _("Integrations"),
        """integration integrations integrate api webhook crm sync import export connector
        интеграция интеграции интегрировать синхронизация импорт экспорт выгрузка
        подключение""",
    ),
    "reports": (
        _("Reports"),
        """report reports reporting dashboard dashboards chart charts analytics statistics
        отчет отчеты дашборд график графики аналитика статистика""",
    ),
    "missing": (
        _("Missing features"),
        """missing lacks lack feature features function functionality wish add roadmap
        хватает функция функции функционал возможность возможности добавьте добавить
        хотелось отсутствует""",
    ),
    "onboarding": (
        _("Onboarding"),
        """onboarding setup implementation training tutorial documentation docs learn
        внедрение обучение настройка настроить документация инструкция обучили""",
    ),
    "mobile": (
        _("Mobile"),
        """mobile phone android iphone ios мобильный телефон айфон андроид""",
    ),
}
STOP = """that this with have from they them were been your will would could should about
    what when which there their also just very more most some than then only into over after
    because even still much many every other такой такая этот эта это эти который которая
    которые только очень также чтобы когда если есть было были будет быть нашей наши наших
    ваши вашей вами нами себя свой свои можно нужно всегда каждый после перед более менее
    много почти уже ещё еще тоже просто работать работает работаем пользуемся использовать
    сервис продукт product company use using used work works""".split()  # noqa: SIM905 (read as text)


@dataclass(frozen=True)
class Theme:
    """What some of the answers speak of, and how glad those are."""

    key: str
    label: str | Promise
    answers: Nps

    @property
    def n(self) -> int:
        return self.answers.n


def speaks_of(text: str, key: str) -> bool:
    """Whether a text belongs to the theme of that key."""
    kind, _colon, root = key.partition(":")
    return root in stems(text) if kind == "word" else key in topics_of(text)


def topics_of(text: str) -> set[str]:
    return {topic for root in stems(text) for topic in _topics().get(root, ())}


def topics(said: Iterable[tuple[int, str]]) -> list[Theme]:
    """The topics of scores with their words, the most spoken of first."""
    found = defaultdict(list)
    for score, text in said:
        for topic in topics_of(text):
            found[topic].append(score)
    themes = [
        Theme(key, TOPICS[key][0], tally(Counter(rows))) for key, rows in found.items()
    ]
    return sorted(themes, key=lambda theme: (-theme.n, theme.key))


def words(said: Iterable[tuple[int, str]], *, most: int = 20) -> list[Theme]:
    """The words most answers have, each called as it is written most often."""
    found, forms = defaultdict(list), defaultdict(Counter)
    for score, text in said:
        for root, written in _told(text).items():
            found[root].append(score)
            forms[root].update(written)
    often = sorted(found, key=lambda root: (-len(found[root]), root))
    return [
        Theme(
            f"word:{root}",
            forms[root].most_common(1)[0][0],
            tally(Counter(found[root])),
        )
        for root in [one for one in often if len(found[one]) > 1][:most]
    ]


def stems(text: str) -> set[str]:
    return {stem(word) for word in WORD.findall(text.lower().replace("ё", "е"))}


def _told(text) -> dict[str, list[str]]:
    found = defaultdict(list)
    for word in WORD.findall(text.lower().replace("ё", "е")):
        if len(word) >= SHORTEST and stem(word) not in _stop():
            found[stem(word)].append(word)
    return found


@lru_cache(1)
def _topics() -> dict[str, list[str]]:
    found = defaultdict(list)
    for topic, (_label, known) in TOPICS.items():
        for word in known.split():
            found[stem(word)].append(topic)
    return dict(found)


@lru_cache(1)
def _stop() -> set[str]:
    return {stem(word.replace("ё", "е")) for word in STOP}
