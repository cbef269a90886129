"""What customers of the demo say and write, by language."""

TICKETS = {
    "en": (
        "Export stops at half",
        "Cannot invite a colleague",
        "Totals differ from last week",
        "Login code does not arrive",
        "Integration asks to sign in again",
        "How do I change the fiscal year?",
        "Page is slow in the morning",
        "Numbers missing after the import",
    ),
    "ru": (
        "Не выгружается отчёт",
        "Не приходит код для входа",
        "Суммы отличаются от 1С",
        "Не могу пригласить коллегу",
        "Медленно открывается воронка",
        "Как поменять ответственного?",
        "Пропали данные после импорта",
        "Интеграция просит войти заново",
    ),
}
NOTES = {
    "en": {
        "well": (
            "Went through the quarter's numbers together. They want to add a second team.",
            "Happy with the new reports; the director uses them in the Monday meeting.",
            "Short call: everything runs, no open wishes.",
        ),
        "badly": (
            "Their admin left. Nobody else knows how the integration was set up.",
            "They compare us with another tool; price came up twice.",
            "Asked for the export fix again. Patience is running out.",
        ),
    },
    "ru": {
        "well": (
            "Разобрали итоги квартала. Хотят подключить второй отдел.",
            "Директор смотрит отчёты каждую неделю, очень довольны.",
            "Короткий звонок: всё работает, вопросов нет.",
        ),
        "badly": (
            "Ушёл администратор, интеграцию с 1С никто не поддерживает.",
            "Сравнивают нас с другим решением, дважды спросили о цене.",
            "Снова просили исправить выгрузку. Терпение заканчивается.",
        ),
    },
}
COMMENTS = {
    "en": {
        "promoter": (
            "Saves us a day every week.",
            "Support answers within minutes.",
            "",
        ),
        "passive": ("Good, but the exports are slow.", "", "Fine for what we need."),
        "detractor": ("Too many small errors lately.", "Hard to get help.", ""),
    },
    "ru": {
        "promoter": ("Экономим день в неделю.", "Поддержка отвечает сразу.", ""),
        "passive": ("Хорошо, но выгрузка медленная.", "", "Нам хватает."),
        "detractor": ("Слишком много мелких ошибок.", "Трудно дождаться ответа.", ""),
    },
}

PROMISES = {
    "en": (
        ("Call %s: use has dropped", "Fewer people sign in than a month ago."),
        ("Ask %s how the export fix works for them", "They asked for it twice."),
        ("Send %s the numbers of the quarter", "Promised in the last meeting."),
        ("Find a second contact at %s", "Everything hangs on one person."),
    ),
    "ru": (
        ("Позвонить: %s, использование упало", "Входит меньше людей, чем месяц назад."),
        ("Спросить: %s, помогло ли исправление", "Об этом просили дважды."),
        ("Отправить итоги квартала: %s", "Обещали на последней встрече."),
        ("Найти второй контакт: %s", "Всё держится на одном человеке."),
    ),
}
NEXT_STEPS = {
    "en": ("Send the offer", "Meet their director", "Agree on the number of seats"),
    "ru": ("Отправить предложение", "Встреча с директором", "Согласовать число мест"),
}
# Why a CSM shows another score than the computed one, and which.
OVERRIDES = {
    "en": (
        (
            70,
            "Their season starts in spring: they always pause the product until then.",
        ),
        (
            35,
            "The sponsor has resigned. Use looks well, but nobody defends the budget.",
        ),
        (60, "They are moving their data; the new team starts on the first."),
    ),
    "ru": (
        (70, "У них сезон с весны: каждый год делают паузу до начала продаж."),
        (35, "Директор уволился. Пользуются хорошо, но бюджет защищать некому."),
        (60, "Переносят данные, новый отдел начнёт с первого числа."),
    ),
}
