"""A report as slides in a real browser: by keys, on a wall, on a phone, on paper."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from qbr.models import Report
from qbr.services import linking, reporting
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in, tab_to
from tests.factories.accounts import AccountFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.qbr import decks
from tests.qbr.report_world import ON, quarter, review_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
# What of a slide is cut, or stands beyond its edges.
CUT = """() => [...document.querySelectorAll('.slide')].flatMap((slide) => {
  const edge = slide.getBoundingClientRect();
  const outside = [...slide.querySelectorAll('h1, h2, p, dt, dd, td, th, text')].filter((part) => {
    const box = part.getBoundingClientRect();
    return box.width && !part.closest('.for-readers') && (box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.left < edge.left - 1);
  });
  return outside.map((part) => `${slide.id}: ${part.textContent.slice(0, 60)}`);
})"""
# What can be seen of a slide beyond the edges of a phone, ...
BEYOND = """() => [...document.querySelectorAll('.slide :is(h1, h2, p, dt, dd, td, text)')].flatMap((part) => {
  const box = part.getBoundingClientRect();
  const isOut = box.width && !part.closest('.for-readers') && (box.right > innerWidth || box.left < 0);
  return isOut ? [part.textContent.slice(0, 60)] : [];
})"""
# ... and too small to be read there.
SMALL = """() => [...document.querySelectorAll('.slide :is(p, dt, dd, td, text)')].flatMap((part) => {
  const drawing = part.closest('svg');
  const scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
  const isShown = part.getBoundingClientRect().width && !part.closest('.for-readers');
  return isShown && parseFloat(getComputedStyle(part).fontSize) * scale < 10.5 ? [part.textContent] : [];
})"""
# Blocks of a slide that stand on each other.
OVERLAPS = """() => [...document.querySelectorAll('.slide-body')].flatMap((body) => {
  const boxes = [...body.children].map((part) => part.getBoundingClientRect());
  const foot = body.nextElementSibling.getBoundingClientRect();
  return boxes.flatMap((box, index) => box.bottom > (boxes[index + 1] ?? foot).top + 1 ? [body.parentElement.id] : []);
})"""


@pytest.fixture
def acme(committed, monkeypatch):
    """A workspace with a report of a full quarter, and one as bad as it comes."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    admin = MembershipFactory(tenant=tenant, role=Role.ADMIN).user
    with tenant_scope(tenant.pk):
        tenant.report = reporting.draft_report(quarter(tenant), by=admin, on=ON)
        bad = reporting.freeze_report(
            review_of(AccountFactory(), language="ru"), by=admin, on=ON
        )
        Report.objects.filter(pk=bad.pk).update(figures=decks.full())
        _link, tenant.token = linking.make_link(bad, days=3, label="", by=admin)
    tenant.state = signed_in(admin)
    return tenant


def problems(page):
    return {"cut": page.evaluate(CUT), "overlaps": page.evaluate(OVERLAPS)}


@pytest.mark.parametrize("width", [1440, 1024])
def test_nothing_on_the_slides_is_cut_or_overlaps(acme, open_page, width):
    page = open_page(
        f"/t/acme/reports/{acme.report.pk}/slides/",
        storage_state=acme.state,
        width=width,
    )
    theirs = open_page(f"/r/{acme.token}/", width=width)

    assert (problems(page), page.complaints) == ({"cut": [], "overlaps": []}, [])
    assert (problems(theirs), theirs.complaints) == ({"cut": [], "overlaps": []}, [])


def test_a_customer_presents_by_keys_alone(acme, open_page):
    page = open_page(f"/r/{acme.token}/")
    present = page.get_by_role("button", name="Показать")

    tab_to(page, present)
    page.keyboard.press("Enter")
    expect(page.locator("[data-presenting]")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("#slide-3")).to_be_visible()
    expect(page.locator("#slide-1")).to_be_hidden()
    page.keyboard.press("End")
    last = page.locator(".slide").last
    expect(last).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("#slide-1")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("[data-presenting]")).to_have_count(0)
    expect(last).to_be_visible()
    assert page.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_all_is_read_without_scrolling_sideways(acme, open_page, theme):
    page = open_page(f"/r/{acme.token}/", width=390, theme=theme)
    ours = open_page(
        f"/t/acme/reports/{acme.report.pk}/slides/",
        storage_state=acme.state,
        width=390,
        theme=theme,
    )

    for one in (page, ours):
        wide = one.evaluate("document.documentElement.scrollWidth")
        assert (wide, one.evaluate(BEYOND), one.evaluate(SMALL)) == (390, [], [])
        assert one.complaints == []


def test_without_scripts_all_slides_are_there_to_read(acme, open_page):
    page = open_page(f"/r/{acme.token}/", java_script_enabled=False)

    count = page.locator(".slide").count()

    assert page.locator(".slide >> visible=true").count() == count > 20
    expect(page.locator("[data-scripted]")).to_be_hidden()


def test_on_paper_each_slide_is_a_page(acme, open_page):
    page = open_page(f"/r/{acme.token}/")

    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    assert len(paper.pages) == page.locator(".slide").count()
