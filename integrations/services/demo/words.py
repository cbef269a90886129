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
# What each of the tickets is about, in the same order.
CATEGORIES = {
    "en": ("Export", "Access", "Reports", "Access", "Integrations", "Questions", "Speed", "Import"),
    "ru": ("Выгрузка", "Доступ", "Интеграции", "Доступ", "Скорость", "Вопросы", "Импорт", "Интеграции"),
}  # fmt: skip
SURVEYS = {
    "en": ("How we are doing", "What you never told us"),
    "ru": ("Как у нас дела", "О чём вы не говорили"),
}
TAGS = {
    "en": ("exports", "support", "praise", "price"),
    "ru": ("выгрузка", "поддержка", "похвала", "цена"),
}
REPLIES = {
    "en": {
        "detractor": (
            "Called the same day, went through the errors one by one.",
            "Two fixed, one in the next release. To be asked again in May.",
        ),
        "passive": ("Asked what a ten would take.", "Faster exports."),
        "promoter": ("Asked for a reference.", "Gladly; a case study in autumn."),
    },
    "ru": {
        "detractor": (
            "Позвонили в тот же день, разобрали ошибки по одной.",
            "Две исправлены, одна в следующем релизе. Спросим снова.",
        ),
        "passive": ("Спросили, чего не хватает до десятки.", "Быстрой выгрузки."),
        "promoter": ("Попросили рекомендацию.", "Согласны, осенью сделаем кейс."),
    },
}
ANONYMOUS = {
    "en": (
        (9, "The product is great."),
        (3, "Every call ends in an offer. Too pushy."),
        (8, ""),
        (10, "Best support we have."),
        (6, "Too expensive for small teams."),
        (7, "Fine."),
        (2, "My manager made us use it; nobody asked the team."),
        (9, ""),
        (8, "Reports are good, the app is slow."),
        (10, "We love it."),
        (4, "The new design is confusing."),
    ),
    "ru": (
        (9, "Отличный продукт."),
        (3, "Каждый звонок заканчивается предложением. Слишком навязчиво."),
        (8, ""),
        (10, "Лучшая поддержка."),
        (6, "Дорого для небольших команд."),
        (7, "Нормально."),
        (2, "Внедрили сверху, команду не спросили."),
        (9, ""),
        (8, "Отчёты хорошие, приложение медленное."),
        (10, "Нам очень нравится."),
        (4, "Новый дизайн запутанный."),
    ),
}
