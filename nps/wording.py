"""What a survey says where the workspace says nothing else, by kind and language.

Tables, not messages of the interface: a customer is asked in their own language,
whatever the members of the workspace read.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Said:
    """The words of one survey in one language."""

    subject: str
    intro: str
    question: str
    low: str
    high: str
    why: str
    thanks: str


_NPS_EN = Said(
    subject="One question about {name}",
    intro="Your answer takes a few seconds and helps us to do better.",
    question="How likely are you to recommend {name} to a friend or colleague?",
    low="Not at all likely",
    high="Extremely likely",
    why="What is the most important reason for your score?",
    thanks="Thank you! We read every answer.",
)
_NPS_RU = Said(
    subject="Один вопрос о {name}",
    intro="Ответ займёт несколько секунд и поможет нам стать лучше.",
    question="Насколько вероятно, что вы порекомендуете {name} коллегам или знакомым?",
    low="Совсем не вероятно",
    high="Очень вероятно",
    why="Что больше всего повлияло на вашу оценку?",
    thanks="Спасибо! Мы читаем каждый ответ.",
)
_CSAT_EN = Said(
    subject="How did {name} support do?",
    intro="You asked us for help, and your request is closed now.",
    question="How satisfied are you with the help you got?",
    low="Very unsatisfied",
    high="Very satisfied",
    why="What could we have done better?",
    thanks="Thank you! We read every answer.",
)
_CSAT_RU = Said(
    subject="Как вам помогла поддержка {name}?",
    intro="Вы обращались к нам за помощью, и ваше обращение закрыто.",
    question="Насколько вы довольны тем, как вам помогли?",
    low="Совсем нет",
    high="Полностью",
    why="Что мы могли бы сделать лучше?",
    thanks="Спасибо! Мы читаем каждый ответ.",
)
_FREE_EN = Said(
    subject="A few questions from {name}",
    intro="Your answers take a minute or two and help us to do better.",
    question="A few questions from {name}",
    low="Lowest",
    high="Highest",
    why="Is there anything you would like to add?",
    thanks="Thank you! We read every answer.",
)
_FREE_RU = Said(
    subject="Несколько вопросов от {name}",
    intro="Ответы займут минуту-две и помогут нам стать лучше.",
    question="Несколько вопросов от {name}",
    low="Низшая оценка",
    high="Высшая оценка",
    why="Хотите что‑нибудь добавить?",
    thanks="Спасибо! Мы читаем каждый ответ.",
)
SHIPPED = {
    ("nps", "en"): _NPS_EN,
    ("nps", "ru"): _NPS_RU,
    ("csat", "en"): _CSAT_EN,
    ("csat", "ru"): _CSAT_RU,
    ("free", "en"): _FREE_EN,
    ("free", "ru"): _FREE_RU,
}


def said(
    kind: str, language: str, *, name: str, own: Mapping[str, str] | None = None
) -> Said:
    """The words of a survey: its own where it has some, else the shipped ones.

    `{name}` stands for who asks. Nothing else in braces means anything.
    """
    shipped = SHIPPED.get((kind, language)) or SHIPPED[kind, "en"]
    words = {
        part: (own or {}).get(part) or text for part, text in asdict(shipped).items()
    }
    return Said(**{part: text.replace("{name}", name) for part, text in words.items()})


def text_in(label: dict, language: str) -> str:
    """A text of the workspace in the language, else in any there is."""
    return label.get(language) or next(filter(None, label.values()), "")
