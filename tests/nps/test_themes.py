from nps import themes


def said(*pairs):
    return list(pairs)


def test_a_topic_is_found_in_both_languages_and_in_any_form():
    found = themes.topics(
        said(
            (3, "The integrations keep failing"),
            (2, "Нет интеграции с 1С"),
            (10, "Интеграциями довольны, отчётов хватает"),
        )
    )

    assert [(one.key, one.n, round(one.answers.value)) for one in found] == [
        ("integrations", 3, -33),
        ("errors", 1, -100),
        ("missing", 1, 100),
        ("reports", 1, 100),
    ]


def test_an_answer_counts_once_for_a_topic_however_often_it_names_it():
    (found,) = themes.topics(said((9, "Price, price, pricing")))

    assert (found.key, found.n) == ("price", 1)


def test_words_are_called_as_most_write_them_and_stand_in_two_answers():
    found = themes.words(
        said((9, "календарь календарь"), (3, "Календаря нет"), (5, "calendar"))
    )

    assert [(one.label, one.n) for one in found] == [("календарь", 2)]


def test_what_says_nothing_is_no_theme():
    assert themes.words(said((9, "This is very, very the"), (8, "This very"))) == []
    assert themes.topics(said((9, ""))) == []
