from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
BOARD = "document.querySelectorAll('[data-move-url]').forEach(c => c.dataset.moveUrl = '/move/')"


def _focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


@pytest.mark.parametrize(
    "path", ["/styleguide/", "/sign-in/", "/sign-up/", "/nothing/"]
)
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_page_owes_nothing(open_page, path, width, theme):
    page = open_page(path, width=width, theme=theme)

    assert page.evaluate(CHECKS) == []
    # The browser says that a page of an error is an error.
    assert [c for c in page.complaints if "404" not in c] == []


def test_chart_is_drawn_when_seen_and_has_a_table_behind_it(open_page):
    page = open_page("/styleguide/", width=390, locale="ru-RU")
    page.wait_for_timeout(300)
    before = page.evaluate("typeof window.Plotly")

    page.locator("[data-figure=mrr]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-figure=mrr][data-drawn]")
    page.locator("[data-figure-table=mrr] summary").click()
    page.wait_for_selector("[data-figure-table=mrr] tbody tr")

    assert before == "undefined"
    assert page.locator("[data-figure-table=mrr] thead th").all_inner_texts() == [
        "",
        "New",
        "Expansion",
        "Churn",
    ]
    assert page.locator("[data-figure-table=mrr] tbody tr").count() == 11
    assert page.complaints == []


def test_keys_search_list_and_walk_the_rows(open_page):
    page = open_page("/styleguide/")

    page.keyboard.press("/")
    in_search = page.evaluate("document.activeElement.name")
    page.keyboard.press("Escape")
    page.locator("#id_name").press("?")  # typed into a field: no shortcut
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = _focused(page)
    page.keyboard.press("x")
    page.keyboard.press("k")
    typed = page.locator("#id_name").input_value()
    page.keyboard.press("?")

    assert (in_search, typed) == ("q", "?")
    assert second == "Алматы Фарм"
    assert page.locator("tr:has(:checked) .row-link").all_inner_texts() == [
        "Алматы Фарм"
    ]
    assert page.locator("dialog#shortcuts").get_attribute("open") == ""
    page.keyboard.press("Escape")
    assert page.locator("dialog#shortcuts").get_attribute("open") is None


def test_theme_is_kept_and_comes_with_the_next_page(open_page):
    page = open_page("/styleguide/", theme="light")

    page.get_by_role("button", name="You").click()
    page.locator("[data-theme-set=dark]").click()
    at_once = page.evaluate("getComputedStyle(document.body).colorScheme")
    page.reload()

    assert at_once == "dark"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_card_moves_by_key_and_the_board_is_answered(open_page):
    page = open_page("/styleguide/")
    page.evaluate(BOARD)

    page.locator("[data-stage=Preparation] .board-card").focus()
    page.keyboard.press("ArrowRight")

    told = page.wait_for_selector(".toast p").inner_text()
    page.wait_for_selector("#moved")
    assert (page.locator("#moved").inner_text(), told) == (
        "Moved to Initiation",
        "Moved.",
    )


def test_card_moves_by_dragging(open_page):
    page = open_page("/styleguide/")
    page.evaluate(BOARD)

    page.locator("[data-stage=Preparation] .board-card").drag_to(
        page.locator("[data-stage=Negotiation]")
    )

    page.wait_for_selector("#moved")
    assert page.locator("#moved").inner_text() == "Moved to Negotiation"


def test_refused_move_leaves_the_card_and_says_so(open_page):
    page = open_page("/styleguide/")
    page.evaluate(BOARD)
    card = page.locator("[data-stage=Negotiation] .board-card").first

    card.focus()
    page.keyboard.press("ArrowRight")

    page.wait_for_selector(".toast[data-tone=error]")
    assert page.locator("[data-stage=Negotiation] .board-card").count() == 3
    assert card.get_attribute("aria-busy") is None


def test_menu_opens_beside_its_button_and_closes(open_page):
    page = open_page("/styleguide/")
    button = page.get_by_role("button", name="More").first

    button.click()

    menu, opener = page.locator("#more").bounding_box(), button.bounding_box()
    assert 0 <= menu["y"] - opener["y"] - opener["height"] <= 8
    assert menu["x"] <= opener["x"] + opener["width"]
    page.keyboard.press("Escape")
    assert page.locator("#more").is_hidden()


def test_what_cannot_be_undone_asks_first(open_page):
    page = open_page("/styleguide/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        "`<form id=gone method=get action='/nothing/' data-confirm='Delete 3 keys?'>"
        "<button>Go</button></form>`)"
    )

    page.locator("#gone button").click()
    asked = page.locator("#confirm [data-confirm-question]").inner_text()
    page.locator("#confirm [data-dialog-close]").click()
    stayed = page.url
    page.locator("#gone button").click()
    page.locator("[data-confirm-yes]").click()
    page.wait_for_url("**/nothing/*")

    assert asked == "Delete 3 keys?"
    assert stayed.endswith("/styleguide/")


def test_toasts_of_a_page_go_but_errors_stay(open_page):
    page = open_page("/styleguide/?toast=1")

    page.wait_for_timeout(6300)

    assert page.locator(".toast p").all_inner_texts() == [
        "The import stopped at line 14."
    ]
    page.get_by_role("button", name="Close").click()
    assert page.locator(".toast").count() == 0


def test_reading_needs_no_scripts(open_page):
    page = open_page("/styleguide/", java_script_enabled=False)

    page.get_by_role("button", name="You").click()

    assert page.locator("#person").is_visible()
    assert page.locator(".row-link").first.is_visible()
