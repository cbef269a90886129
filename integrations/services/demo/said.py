"""What is said in the reviews of a demo workspace."""

NEWS = {
    "en": [
        ("Reports by e-mail", "Any report each Monday, to whoever you name."),
        ("Roles and rights", "Who sees which deals, set by team."),
        ("A new mobile app", "Everything of the web, with the camera of the phone."),
        ("Faster search", "Finds by phone number and by words in notes."),
    ],
    "ru": [
        ("Отчёты по почте", "Любой отчёт каждый понедельник тем, кого назовёте."),
        ("Роли и права", "Кто какие сделки видит, по отделам."),
        ("Новое мобильное приложение", "Всё, что в вебе, и камера телефона."),
        ("Быстрый поиск", "Находит по телефону и по словам в заметках."),
    ],
}
# Objective, measure, unit, baseline, target, formula of its value.
# Objective, measure, unit, baseline, target, value (money, hours), its formula.
GOALS = {
    "en": [
        ("Win more of the deals", "Conversion of deals", "%", "12", "18",
         (60984, None), "6 % × 847 deals × 1,200"),
        ("Save time on reports", "Hours a week spent on reports", "h", "20", "5",
         (None, 780), "15 h × 52 weeks"),
        ("Lose no lead", "Deals created", "deals", "310", "800", (None, None), ""),
        ("Bring the whole team in", "Active users in 28 days", "", "3", "12",
         (None, None), ""),
    ],
    "ru": [
        ("Выигрывать больше сделок", "Конверсия сделок", "%", "12", "18",
         (60984, None), "6 % × 847 сделок × 1200"),
        ("Тратить меньше времени на отчёты", "Часы в неделю на отчёты", "ч", "20",
         "5", (None, 780), "15 ч × 52 недели"),
        ("Не терять заявки", "Создано сделок", "сделок", "310", "800",
         (None, None), ""),
        ("Подключить всю команду", "Активные люди за 28 дней", "", "3", "12",
         (None, None), ""),
    ],
}  # fmt: skip
CONFIRMED = {"en": "In the review", "ru": "На обзоре"}
NOTES = {
    "en": {
        "opening": "They open a second office in spring; hiring eight in sales.",
        "results": "Conversion is up; reports that took two days take an hour.\n"
        "The warehouse team still works in spreadsheets.",
        "feedback": "Support answers fast. The import of price lists annoys.",
        "plan": "Bring the warehouse in next month, then the second office.",
    },
    "ru": {
        "opening": "Весной открывают второй офис, набирают восемь продавцов.",
        "results": "Конверсия выросла; отчёты вместо двух дней занимают час.\n"
        "Склад всё ещё работает в таблицах.",
        "feedback": "Поддержка отвечает быстро. Мешает загрузка прайсов.",
        "plan": "В следующем месяце подключить склад, затем второй офис.",
    },
}
DECISIONS = {
    "en": [
        "The warehouse starts with one shift.",
        "Reports of the director come from here alone.",
        "The next review looks at the second office.",
    ],
    "ru": [
        "Склад начинает с одной смены.",
        "Отчёты директора берутся только отсюда.",
        "На следующем обзоре смотрим второй офис.",
    ],
}
# Side, words, days until it is due.
PROMISES = {
    "en": [
        ("ours", "Train ten people of the warehouse", 14),
        ("ours", "Send the template of the price list", 5),
        ("ours", "Show the roles to the head of sales", 21),
        ("theirs", "Name a key user in the warehouse", 10),
        ("theirs", "Send the list of new employees", 21),
    ],
    "ru": [
        ("ours", "Обучить десять человек склада", 14),
        ("ours", "Прислать шаблон прайса", 5),
        ("ours", "Показать роли руководителю продаж", 21),
        ("theirs", "Назначить ключевого пользователя на складе", 10),
        ("theirs", "Прислать список новых сотрудников", 21),
    ],
}
