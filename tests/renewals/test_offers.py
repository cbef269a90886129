"""Offers: what they come to, what the files say, that a sent one stays as it was."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from cs_platform.lib import typesetting
from renewals import services
from renewals.models import Offer, OfferFile
from renewals.offering import files
from renewals.offering.document import Letter, Proposal, document_of
from renewals.offering.pictures import picture_of
from renewals.offering.pricing import ONCE, Line, term_end, totals
from renewals.queries import offers as queries
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of
from tests.renewals.paper import (
    pdf_pages,
    pdf_pictures,
    pdf_text,
    plain,
    png,
    word_language,
    word_text,
    written,
)

END = date(2027, 1, 31)
TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNS = {"USD": "$", "KZT": "₸", "EUR": "€"}
HOSTILE = (
    '#read("/etc/passwd")',
    '#import "@preview/x:1.0.0": *',
    "*bold* _it_ $x^2$ `raw` @ref <label> = head",
    "<script>alert(1)</script>",
    "]) #panic() //",
    "\\u{41} {{7*7}} {% load x %}",
)


def proposal(lines, **more):
    said = {
        "language": "en",
        "customer": "Nova LLC",
        "version": 1,
        "on": TODAY,
        "valid_until": date(2026, 12, 22),
        "starts_on": END,
        "term_months": 12,
        "currency": "USD",
        "letter": Letter("Commercial offer", company="Acme"),
    }
    return Proposal(lines=tuple(lines), **said | more)


def cents(fraction):
    """Half away from zero, by whole numbers: not as the code does it."""
    return (
        Decimal(
            (fraction.numerator * 200 + fraction.denominator)
            // (2 * fraction.denominator)
        )
        / 100
    )


def by_hand(line):
    """The amount of a line, in fractions."""
    full = Fraction(line.quantity) * Fraction(line.price)
    return cents(
        full * (100 + Fraction(line.uplift)) * (100 - Fraction(line.discount)) / 10_000
    )


def random_lines(seed, number):
    draw = random.Random(seed)
    return [
        Line(
            title=f"Item {place} of {seed}",
            quantity=Decimal(draw.randint(1, 50_000)) / 100,
            price=Decimal(draw.randint(0, 90_000_000)) / 100,
            uplift=Decimal(draw.choice([0, 0, 350, 1075])) / 100,
            discount=Decimal(draw.choice([0, 0, 333, 1250, 10_000])) / 100,
            period=ONCE if draw.random() < 0.3 else "monthly",
        )
        for place in range(number)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_sums_are_exact(seed):
    lines = random_lines(seed, 12)
    months, tax = 1 + seed * 3, Decimal(seed) / 2

    sums = totals(lines, months=months, tax_percent=tax)

    monthly = sum(by_hand(line) for line in lines if line.period != ONCE)
    once = sum(by_hand(line) for line in lines if line.period == ONCE)
    total = monthly * months + once
    taxed = cents(Fraction(total) * Fraction(tax) / 100)
    assert (sums.monthly, sums.yearly, sums.once) == (monthly, monthly * 12, once)
    assert (sums.total, sums.tax, sums.due) == (total, taxed, total + taxed)


def test_a_line_is_rounded_once_half_up():
    line = Line("x", Decimal(3), Decimal("0.35"), discount=Decimal(50))

    assert line.amount == Decimal("0.53")  # 0.525


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_term_ends_on_the_same_day_of_a_later_month(start, months, end):
    assert term_end(start, months) == end


@pytest.mark.parametrize(
    ("language", "currency", "number"),
    [("en", "USD", 3), ("ru", "KZT", 40), ("en", "KZT", 1), ("ru", "EUR", 7)],
)
def test_every_figure_is_read_back_from_both_files(language, currency, number):
    lines = random_lines(number, number)
    said = document_of(
        proposal(lines, language=language, currency=currency, tax_percent=Decimal(12))
    )

    pdf, docx = files.pdf(said, made_at=AT), files.word(said, made_at=AT)

    monthly = sum((by_hand(x) for x in lines if x.period != ONCE), Decimal(0))
    once = sum((by_hand(x) for x in lines if x.period == ONCE), Decimal(0))
    total = monthly * 12 + once
    tax = cents(Fraction(total) * 12 / 100)
    amounts = [monthly, monthly * 12, total, tax, total + tax]
    amounts += [once] if once else []
    amounts += [amount for line in lines for amount in (line.price, by_hand(line))]
    wanted = [written(amount, SIGNS[currency], language) for amount in amounts]
    for text in (pdf_text(pdf), word_text(docx)):
        assert [figure for figure in wanted if figure not in text] == []
        assert [line.title for line in lines if line.title not in text] == []


def test_cyrillic_and_kazakh_letters_are_read_back():
    letter = Letter(
        "Коммерческое предложение", company="ТОО «Ромашка»", signature="Ә. Қуанышұлы"
    )
    said = document_of(
        proposal(
            [Line("Лицензии «Про»", Decimal(1), Decimal(1))],
            language="ru",
            letter=letter,
        )
    )

    for text in (
        pdf_text(files.pdf(said, made_at=AT)),
        word_text(files.word(said, made_at=AT)),
    ):
        for words in (letter.title, letter.company, letter.signature, "Лицензии «Про»"):
            assert words in text


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("en", ["22 November 2026", "22 December 2026"]),
        ("ru", ["22 ноября 2026", "22 декабря 2026"]),
    ],
)
def test_days_are_written_out(language, days):
    said = document_of(proposal([], language=language))

    (_, on), _version, (_, until), *_ = said["facts"]
    assert [on, until] == days


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    letter = Letter(
        text,
        company=text,
        requisites=text,
        opening=text,
        terms=text,
        closing=text,
        signature=text,
    )
    said = document_of(
        proposal(
            [Line(text, Decimal(1), Decimal(1), note=text)],
            customer=text,
            letter=letter,
            value=text,
            note=text,
            figures=[(text, text)],
        )
    )

    for made in (
        pdf_text(files.pdf(said, made_at=AT)),
        word_text(files.word(said, made_at=AT)),
    ):
        # The one in the middle of a narrow column may be broken into lines.
        assert made.replace(" ", "").count(plain(text).replace(" ", "")) >= 12
        assert "root:" not in made


@pytest.mark.parametrize("language", ["en", "ru"])
def test_word_checks_the_spelling_of_the_language(language):
    said = document_of(proposal([], language=language))

    assert word_language(files.word(said, made_at=AT)) == language


def test_text_that_turns_the_direction_of_others_loses_that():
    said = document_of(proposal([], customer="Ev\u202eil\u2066 \x00\x07Co"))

    assert said["customer"] == "Evil Co"


def test_letters_from_right_to_left_are_kept():
    said = document_of(proposal([], customer="שלום"))

    assert "שלום" in word_text(files.word(said, made_at=AT))
    # Some readers give the letters in the order in which they stand on the page.
    text = pdf_text(files.pdf(said, made_at=AT))
    assert "שלום" in text or "םולש" in text


def test_a_long_name_does_not_run_off_the_page():
    name = "W" * 200
    said = document_of(proposal([Line(name, Decimal(1), Decimal(1))], customer=name))

    pdf = files.pdf(said, made_at=AT)

    assert pdf_text(pdf).replace(" ", "").count(name) == 2
    # A hundred of the widest letter are wider than a page of A4.
    lines = [line for page in pdf_pages(pdf) for line in page.splitlines()]
    assert max(len(line.replace("\u200b", "")) for line in lines) < 100


def test_forty_lines_are_several_pages_with_the_head_on_each():
    said = document_of(proposal(random_lines(1, 40)))

    texts = pdf_pages(files.pdf(said, made_at=AT))

    assert len(texts) == len(files.pages(said)) == 3
    has_items = [" of 1 " in plain(text) for text in texts]
    assert ["Quantity" in text for text in texts] == has_items == [True, True, False]


def test_a_document_has_no_more_than_its_time(monkeypatch):
    monkeypatch.setattr(typesetting, "SECONDS", 0.01)

    with pytest.raises(typesetting.NotTypeset, match="not done in"):
        files.pdf(document_of(proposal([])), made_at=AT)


@pytest.fixture
def renewal(in_tenant, csm):
    return renewal_of(
        ends_on=END, owner=csm, name="Nova", mrr=1000, seats=10, plan="Pro"
    )


def drafted(renewal, by):
    return services.draft_offer(renewal, by=by, on=TODAY)


def test_the_first_draft_proposes_what_the_customer_has(renewal, csm):
    offer = drafted(renewal, csm)

    (line,) = services.lines_of(offer)
    assert (line.title, line.quantity, line.price) == ("Pro", 10, 100)
    assert (offer.version, offer.amount, offer.currency) == (1, 12_000, "USD")
    assert (offer.starts_on, offer.term_months) == (END, 12)
    assert offer.valid_until == date(2026, 12, 22)


def test_a_price_that_does_not_divide_by_the_seats_stays_whole(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm, mrr=1000, seats=3)

    (line,) = services.lines_of(drafted(renewal, csm))

    assert (line.quantity, line.price, line.amount) == (1, 1000, 1000)


def test_there_is_one_draft(renewal, csm, lead):
    assert drafted(renewal, csm) == drafted(renewal, lead)


def test_who_changes_an_older_draft_is_told(renewal, csm):
    offer = drafted(renewal, csm)
    line = Line("Pro", Decimal(20), Decimal(90))
    services.change_offer(offer, lines=[line], revision=offer.revision)

    with pytest.raises(services.StaleOffer):
        services.change_offer(offer, lines=[], revision=offer.revision)

    kept = Offer.objects.get()
    assert (services.lines_of(kept), kept.amount) == ([line], 21_600)


def test_a_sent_offer_keeps_its_bytes_whatever_changes_after(renewal, csm, lead):
    offer = services.send_offer(drafted(renewal, csm), revision=1, by=csm, on=TODAY)
    sent = {file.kind: bytes(file.content) for file in OfferFile.objects.all()}

    look = queries.template()
    look.company = "Another name"
    services.keep_template(look, by=lead)
    renewal.account.name = "Renamed"
    renewal.account.save()

    offer = Offer.objects.select_related("renewal__account").get()
    assert sorted(sent) == ["docx", "pdf"]
    assert {kind: queries.file_of(offer, kind, on=TODAY) for kind in sent} == sent
    assert queries.document_for(offer, on=TODAY)["customer"] == "Nova"
    with pytest.raises(services.StaleOffer):
        services.change_offer(offer, lines=[], revision=offer.revision)
    with pytest.raises(services.StaleOffer):
        services.send_offer(offer, revision=offer.revision, by=csm, on=TODAY)
    with pytest.raises(services.StaleOffer):
        services.discard_offer(offer)
    assert AuditEntry.objects.filter(action="offer.sent").count() == 1


def test_a_new_version_begins_as_the_one_before(renewal, csm):
    first = drafted(renewal, csm)
    line = Line("Pro", Decimal(20), Decimal(90), discount=Decimal(5))
    first = services.change_offer(first, lines=[line], revision=1, note="As agreed")
    services.send_offer(first, revision=2, by=csm, on=TODAY)

    second = drafted(renewal, csm)

    assert (second.version, second.state, second.note) == (2, "draft", "As agreed")
    assert services.lines_of(second) == [line]


def test_an_offer_without_a_line_is_not_sent(renewal, csm):
    offer = services.change_offer(drafted(renewal, csm), lines=[], revision=1)

    with pytest.raises(services.EmptyOffer):
        services.send_offer(offer, revision=2, by=csm, on=TODAY)


def test_a_decided_renewal_takes_no_offer(renewal, csm):
    services.close_renewal(renewal, result="renewed", amount=12_000, by=csm, on=TODAY)

    with pytest.raises(services.AlreadyDecided):
        drafted(renewal, csm)


def test_the_figures_are_those_of_the_account(renewal, csm):
    figures = dict(queries.figures_of(renewal, language="en", on=TODAY))

    assert figures == {
        "Plan": "Pro",
        "Seats": "10",
        "A year, now": "$12,000.00",
        "Runs until": "30 January 2027",
    }


def test_a_logo_stands_in_both_files(renewal, csm, lead, tenant):
    services.keep_template(queries.template(), picture=picture_of(png()), by=lead)
    offer = Offer.objects.select_related("renewal__account", "renewal__contract").get(
        pk=drafted(renewal, csm).pk
    )

    pdf = queries.file_of(offer, "pdf", on=TODAY)
    docx = queries.file_of(offer, "docx", on=TODAY)

    assert pdf_pictures(pdf) == 1
    assert b"word/media/image1.png" in docx


def test_another_workspace_has_another_template(tenant, other_tenant, lead):
    with tenant_scope(tenant.pk):
        look = queries.template()
        look.company = "Acme"
        services.keep_template(look, by=lead)
    with tenant_scope(other_tenant.pk):
        assert queries.template().company == "Globex"
