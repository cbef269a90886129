from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

NOW = datetime(2026, 5, 12, 9, 5, tzinfo=UTC)


def _shown(source, **context):
    with translation.override("en"), timezone.override("Asia/Almaty"):
        return Template(source).render(Context({"now": NOW, **context}))


def test_ago_tells_the_exact_instant_on_hover():
    assert _shown(
        "{% ago at now=now %}", at=datetime(2026, 5, 12, 6, 5, tzinfo=UTC)
    ) == (
        '<time datetime="2026-05-12T06:05:00+00:00" '
        'title="12 May 2026, 11:05 (Asia/Almaty)">3 hours ago</time>'
    )


def test_ago_of_a_day_tells_the_day():
    assert _shown("{% ago on now=now %}", on=date(2026, 5, 24)) == (
        '<time datetime="2026-05-24" title="24 May 2026">in 12 days</time>'
    )


def test_ago_of_nothing_is_a_dash():
    assert _shown("{% ago at %}", at=None) == "–"


@pytest.mark.parametrize(
    ("band", "known", "word"),
    [
        ("green", "green", "Healthy"),
        ("amber", "amber", "Needs attention"),
        ("red", "red", "At risk"),
        ("unknown", "unknown", "Unknown"),
        ("", "unknown", "Unknown"),
        (None, "unknown", "Unknown"),
    ],
)
def test_badge_has_colour_shape_and_word(band, known, word):
    html = _shown("{% badge band %}", band=band)

    assert html.startswith(f'<span class="badge" data-band="{known}"><svg ')
    assert html.endswith(f"</svg>{word}</span>")


def test_each_band_has_a_shape_of_its_own():
    drawn = [
        _shown("{% badge band %}", band=band).partition(' d="')[2].partition('"')[0]
        for band in ("green", "amber", "red", "unknown")
    ]

    assert len(set(drawn)) == 4


@pytest.mark.parametrize(
    ("value", "direction", "text"),
    [
        (5, "up", "+5"),
        (-12, "down", "−12"),
        (0, "none", "0"),
        (0.2, "none", "0"),
        (None, "none", "–"),
    ],
)
def test_change_has_a_sign(value, direction, text):
    html = _shown("{% change value %}", value=value)

    assert html.startswith(f'<span class="change" data-direction="{direction}">')
    assert html.strip().endswith(f"{text}</span>")


def test_health_links_to_its_receipt():
    html = _shown('{% health 38 "red" change=-12 href="/receipt/" %}')

    assert html.startswith('<a class="health" href="/receipt/" data-band="red"><svg')
    assert '<span class="health-score">38</span>' in html
    assert '<span class="health-word">At risk</span>' in html
    assert "−12" in html


def test_what_people_typed_is_escaped():
    html = _shown("{% avatar name %}{% badge 'red' word=name %}", name="<b>x")

    assert "<b>" not in html
    assert "&lt;b&gt;x" in html


@pytest.mark.parametrize(
    ("value", "most", "share"),
    [
        (61, 80, "76.2%"),
        (90, 80, "100.0%"),
        (0, 80, "0.0%"),
        (3, 0, "0.0%"),
        (None, 8, "0.0%"),
    ],
)
def test_meter_is_never_more_than_full(value, most, share):
    html = _shown("{% meter value most label='Seats' %}", value=value, most=most)

    assert f'class="meter-fill" width="{share}"' in html


@pytest.mark.parametrize(
    ("query", "href", "order"),
    [
        ("", "?sort=mrr", ""),
        ("?sort=mrr", "?sort=-mrr", "ascending"),
        ("?sort=-mrr", "?sort=mrr", "descending"),
        ("?band=red&after=x", "?band=red&amp;sort=mrr", ""),
    ],
)
def test_sort_header_keeps_the_filters_and_drops_the_place(query, href, order):
    request = RequestFactory().get(f"/accounts/{query}")

    html = _shown("{% sort_header 'mrr' 'MRR' %}", request=request)

    assert f'href="{href}"' in html
    assert html.startswith(
        f'<th scope="col" aria-sort="{order}">' if order else '<th scope="col">'
    )


def test_icons_are_silent_unless_labelled():
    assert 'aria-hidden="true"' in _shown("{% icon 'bell' %}")
    assert 'aria-label="Alerts"' in _shown("{% icon 'bell' label='Alerts' %}")


@pytest.mark.parametrize(
    ("direction", "week", "month", "shown", "words"),
    [
        ("falling", 0, -20, "0 / −20", "0 in 7 days, −20 in 28 days: falling"),
        ("rising", 12, None, "+12", "+12 in 7 days, – in 28 days: rising"),
        (
            "drifting_down",
            -2,
            1,
            "−2 / +1",
            "−2 in 7 days, +1 in 28 days: down, within its usual swing",
        ),
        ("steady", 0, 0, "0", "0 in 7 days, 0 in 28 days: steady"),
    ],
)
def test_an_arrow_tells_the_week_and_the_four_weeks(
    direction, week, month, shown, words
):
    html = _shown(
        "{% health 70 'amber' change=week month=month direction=direction %}",
        direction=direction,
        week=week,
        month=month,
    )

    assert f'<span aria-hidden="true">{shown}</span>' in html
    assert f'title="{words}"' in html


def test_the_arrow_never_is_missing_while_the_number_moved():
    moved = _shown("{% health 70 'amber' change=-1 %}")
    still = _shown("{% health 70 'amber' change=0 %}")

    assert ("<svg" in moved.split("change")[1], "<svg" in still.split("change")[1]) == (
        True,
        False,
    )


def test_a_score_nobody_can_compare_has_no_arrow():
    assert 'class="change"' not in _shown("{% health 70 'amber' change=None %}")


def test_a_part_is_drawn_anew_for_other_values_and_other_languages():
    source = '{% part "renewals/_age.html" age=age limit=9 is_stuck=False %}'
    template = Template(source)

    def drawn(age, language):
        with translation.override(language):
            return template.render(Context({"age": age}))

    words = [drawn(3, "en"), drawn(4, "en"), drawn(3, "ru"), drawn(3, "en")]
    assert [word.partition(">")[2].partition("<")[0] for word in words] == [
        "3 days in it",
        "4 days in it",
        "3 дня на этапе",
        "3 days in it",
    ]
