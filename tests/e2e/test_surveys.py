"""Surveys in a browser: what scanners and people do, and the snippet in a foreign page."""

import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from messaging.models import Message
from nps.models import Response
from nps.queries.letters import letter_of
from nps.tokens import Named, Purpose, token_of
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in, tab_to
from tests.factories.nps import InvitationFactory, SurveyFactory
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.usefixtures("fresh_limits"),
]
# A browser that is driven says so; what is tested must hold where one does not.
UNDRIVEN = "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false})"


@pytest.fixture
def acme(site, monkeypatch):
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return TenantFactory(slug="acme", name="Acme")


def link(tenant, score="", **fields):
    with tenant_scope(tenant.pk):
        invitation = InvitationFactory(expires_at=None, **fields)
    return f"/s/{token_of(Purpose.ASK, Named(tenant.pk, invitation.pk))}/{score}"


def kept(tenant):
    with tenant_scope(tenant.pk):
        return list(Response.objects.values_list("score", "comment", "source"))


def undriven(open_page, site, path, **options):
    page = open_page("/sign-in/", **options)
    page.add_init_script(UNDRIVEN)
    page.goto(site + path)
    return page


def test_a_program_that_opens_the_link_and_runs_scripts_does_not_vote(
    acme, open_page, site
):
    page = undriven(open_page, site, link(acme, "9/"))

    page.evaluate("dispatchEvent(new Event('pointermove'))")
    page.wait_for_timeout(1500)

    assert (kept(acme), page.complaints) == ([], [])


def test_a_click_in_a_mail_counts_when_a_person_is_seen_and_is_asked_why(
    acme, open_page, site
):
    page = undriven(open_page, site, link(acme, "9/"))

    page.mouse.move(200, 200)
    page.get_by_label("What is the most important reason").fill("Fast")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("We read every answer").wait_for()

    assert (kept(acme), page.complaints) == ([(9, "Fast", "mail")], [])


def test_another_number_chosen_at_once_is_the_one_that_counts(acme, open_page, site):
    page = undriven(open_page, site, link(acme, "9/"), has_touch=True)

    page.get_by_text("Choose another number").tap()
    page.wait_for_timeout(800)
    before = kept(acme)
    page.get_by_role("button", name="2 of 10").tap()
    page.get_by_text("What is the most important reason").wait_for()

    assert (before, kept(acme)) == ([], [(2, "", "mail")])


@pytest.mark.parametrize("score", ["", "4/"])
def test_it_all_works_without_scripts_and_by_keyboard(acme, open_page, score):
    page = open_page(link(acme, score), width=375, java_script_enabled=False)
    button = page.get_by_role("button", name="4 of 10" if not score else "Send 4")

    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox").fill("So so")
    page.get_by_role("button", name="Send", exact=True).click()

    assert page.get_by_text("We read every answer").count() == 1
    assert kept(acme) == [(4, "So so", "mail")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_every_number_is_seen_and_can_be_hit(acme, open_page, theme):
    page = open_page(link(acme), width=375, theme=theme)
    numbers = page.locator(".scores button")

    boxes = [numbers.nth(n).bounding_box() for n in range(numbers.count())]
    tab_to(page, numbers.nth(10))

    assert len(boxes) == 11
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_a_kiosk_goes_back_to_its_question(acme, open_page, site):
    with tenant_scope(acme.pk):
        survey = SurveyFactory(kind="csat")
    named = Named(acme.pk, survey.pk)
    page = open_page(f"/k/{token_of(Purpose.KIOSK, named)}/", width=1024)

    page.get_by_role("button", name="2 of 5").click()
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("We read every answer").wait_for()
    page.get_by_role("button", name="5 of 5").wait_for(timeout=9000)
    page.get_by_role("button", name="5 of 5").click()
    page.get_by_role("button", name="Finish").wait_for()

    assert sorted(kept(acme)) == [(2, "", "kiosk"), (5, "", "kiosk")]


def test_the_numbers_of_a_letter_fit_a_phone(acme, open_page):
    with tenant_scope(acme.pk):
        invitation = InvitationFactory(expires_at=None, lapses_on=date.max)
        message = Message(
            unique_key=f"survey:{invitation.pk}:invitation",
            kind="survey.invitation",
            address=invitation.address,
        )
        letter = letter_of(message, acme)
    page = open_page("/sign-in/", width=375)
    page.goto("about:blank")  # our own policy would refuse the style of a letter
    page.set_content(letter.html)
    numbers = page.locator(".scores a")

    boxes = [numbers.nth(n).bounding_box() for n in range(numbers.count())]

    assert (len(boxes), len({box["y"] for box in boxes})) == (11, 1)
    assert min(box["width"] for box in boxes) >= 24
    assert min(box["height"] for box in boxes) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_survey_shows_what_customers_see(acme, open_page, width, theme, language):
    with tenant_scope(acme.pk):
        survey = SurveyFactory()
    member = MembershipFactory(tenant=acme).user
    page = open_page(
        f"/t/acme/surveys/{survey.pk}/?language={language}",
        width=width,
        theme=theme,
        storage_state=signed_in(member),
    )
    letter, answering = (page.frame_locator("iframe").nth(n) for n in range(2))

    numbers = letter.locator(".scores a").all_inner_texts()
    send = {"en": "Send 10", "ru": "Отправить 10"}[language]
    colour = answering.get_by_role("button", name=send).evaluate(
        "button => getComputedStyle(button).backgroundColor"
    )

    assert numbers == [str(score) for score in range(11)]
    assert colour == "rgb(31, 78, 121)"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.complaints == []


@pytest.fixture
def product(site):
    """Another server, whose strict policy lets in our script and calls, nothing else."""
    pages = {"/": "<!doctype html><title>App</title><main>The product</main>"}
    policy = (
        f"default-src 'none'; script-src {site}; connect-src {site};"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802 (the server's name)
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Say nothing: the browser tells what failed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.pages = pages
    server.origin = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def embedded(acme, product, site, open_page):
    """Opens the product with the snippet of a survey in it; `asked` counts its calls."""

    def opened(**fields):
        with tenant_scope(acme.pk):
            fields.setdefault("origins", [product.origin])
            survey = SurveyFactory(snooze_days=30, **fields)
        token = token_of(Purpose.SNIPPET, Named(acme.pk, survey.pk))
        product.pages["/"] += f'<script async src="{site}/snippet/{token}.js"></script>'
        page = open_page("/sign-in/")
        page.asked = []
        page.on(
            "request",
            lambda request: (
                request.url.endswith("/asking/")
                and request.method == "POST"
                and page.asked.append(request.url)
            ),
        )
        page.goto(product.origin + "/")
        return page

    return opened


def visit_again(page, product, at=None):
    if at:
        page.clock.set_fixed_time(at)
    page.goto(product.origin + "/")
    page.wait_for_timeout(500)


def test_the_snippet_asks_once_sends_and_stays_away(acme, product, embedded):
    page = embedded(wait_days=90)

    page.get_by_role("button", name="9 / 10").click()
    page.get_by_label("What is the most important reason").fill("Fast")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("We read every answer").wait_for()
    visit_again(page, product)
    later = datetime.now(UTC) + timedelta(days=89)
    visit_again(page, product, later)

    assert kept(acme) == [(9, "Fast", "snippet")]
    assert (len(page.asked), page.get_by_role("dialog").count()) == (1, 0)
    assert page.complaints == []


def test_the_snippet_that_was_closed_comes_back_after_its_days(product, embedded):
    page = embedded()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Close").press("Escape")
    gone = page.get_by_role("dialog").count()
    visit_again(page, product, datetime.now(UTC) + timedelta(days=29))
    away = page.get_by_role("dialog").count()

    visit_again(page, product, datetime.now(UTC) + timedelta(days=31))

    assert (gone, away, page.get_by_role("dialog").count()) == (0, 0, 1)
    assert (len(page.asked), page.complaints) == (2, [])


def test_the_snippet_asks_nothing_where_it_may_not_stand(acme, embedded):
    page = embedded(origins=["https://elsewhere.example"])
    page.wait_for_timeout(500)

    assert (page.get_by_role("dialog").count(), kept(acme)) == (0, [])
