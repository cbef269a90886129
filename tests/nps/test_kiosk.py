"""A screen for anybody: anonymous, one turn one answer, and back to the question."""

import re

import pytest
from django.test import Client

from nps import services
from nps.models import Response, Survey
from nps.tokens import Named, Purpose, new_turn, read_turn, token_of
from tenants.scoping import tenant_scope
from tests.factories.nps import SurveyFactory

pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture
def screen(tenant):
    def made(**fields):
        with tenant_scope(tenant.pk):
            survey = SurveyFactory(**fields)
        named = Named(tenant.pk, survey.pk, survey.link_serial)
        return f"/k/{token_of(Purpose.KIOSK, named)}/"

    return made


def turn_of(page):
    return re.search(r'name="turn" value="([^"]+)"', page.content.decode())[1]


def kept(tenant):
    with tenant_scope(tenant.pk):
        rows = Response.objects.order_by("external_id")
        return [
            (r.score, r.comment, r.source, r.is_anonymous, r.account_id) for r in rows
        ]


def test_a_kiosk_takes_an_answer_and_its_words_and_starts_again(tenant, screen):
    here = screen(kind="csat")
    turn = turn_of(Client().get(here))

    answered = Client().post(here, {"turn": turn, "score": "2"})
    why = Client().get(answered["Location"])
    done = Client().post(answered["Location"], {"comment": "Cold coffee"})

    assert answered.status_code == 303
    assert b"What could we have done better?" in why.content
    assert f'content="6;url={here}"' in done.content.decode()
    assert kept(tenant) == [(2, "Cold coffee", "kiosk", True, None)]


def test_a_turn_is_one_answer_and_the_next_person_has_another(tenant, screen):
    here = screen()
    first, second = (turn_of(Client().get(here)) for _ in range(2))

    for turn, score in ((first, "9"), (first, "1"), (second, "3")):
        Client().post(here, {"turn": turn, "score": score})

    assert sorted(row[0] for row in kept(tenant)) == [3, 9]


def test_the_turn_of_a_screen_does_not_lead_to_its_answer(tenant, screen):
    here = screen()
    turn = turn_of(Client().get(here))
    Client().post(here, {"turn": turn, "score": "9"})

    with tenant_scope(tenant.pk):
        said = read_turn(turn, "kiosk", Survey.objects.get())
        known = Response.objects.get().external_id

    # A key with the time in it is of version 7, and its history stands in the browser.
    assert (said.version, str(said) in known) == (4, False)


@pytest.mark.parametrize("turn", ["", "forged", "é"])
def test_without_a_turn_nothing_is_kept(tenant, screen, turn):
    response = Client().post(screen(), {"turn": turn, "score": "9"})

    assert (response.status_code, kept(tenant)) == (404, [])


@pytest.mark.parametrize("fields", [{"state": "off"}, {"state": "draft"}])
def test_a_survey_that_is_not_on_has_no_screen(screen, fields):
    assert Client().get(screen(**fields)).status_code == 404


def test_links_that_were_replaced_are_worthless(tenant, screen):
    here = screen()
    with tenant_scope(tenant.pk):
        survey = Survey.objects.get()
        survey.link_serial = 2
        survey.save()

    assert Client().get(here).status_code == 404


def test_a_turn_of_a_screen_is_good_there_alone(tenant, screen):
    mine, other = screen(), screen()
    elsewhere = turn_of(Client().get(other))
    with tenant_scope(tenant.pk):
        survey = Survey.objects.order_by("key").first()
        in_product = new_turn("snippet", survey)
        before = new_turn("kiosk", survey)
        services.replace_links(survey, by=None)
        survey.refresh_from_db()
    again = f"/k/{token_of(Purpose.KIOSK, Named(tenant.pk, survey.pk, 2))}/"
    own = turn_of(Client().get(again))

    answers = [
        Client().post(again, {"turn": turn, "score": "9"}).status_code
        for turn in (elsewhere, in_product, before, own)
    ]

    assert mine != again
    assert (answers, len(kept(tenant))) == ([404, 404, 404, 303], 1)


def test_words_of_another_survey_are_not_taken(tenant, screen):
    mine, other = screen(), screen()
    turn = turn_of(Client().get(mine))
    words = Client().post(mine, {"turn": turn, "score": "9"})["Location"]
    answer = words.removeprefix(mine)

    moved = Client().post(other + answer, {"comment": "Wrong door"})

    assert (moved.status_code, kept(tenant)[0][1]) == (404, "")


def test_a_screen_speaks_another_language_when_asked(screen):
    here = screen()

    page = Client().get(here + "?language=ru").content.decode()

    assert "Насколько вероятно" in page
    assert f'action="{here}?language=ru"' in page
