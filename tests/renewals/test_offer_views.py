"""The pages of offers: who may, at what cost, with what errors."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from renewals import services
from renewals.models import Logo, Offer, OfferTemplate, OfferWording
from renewals.offering.pricing import Line
from renewals.queries import offers as queries
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory
from tests.renewals.paper import pdf_text, png, word_text

END = date(2027, 1, 31)
TODAY = date(2026, 11, 22)
LOOK = {"form": "look", "colour": "#aa0000", "validity_days": 14, "company": "Acme"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


@pytest.fixture
def renewal(tenant, csm):
    with tenant_scope(tenant.pk):
        return renewal_of(ends_on=END, owner=csm, name="Nova", mrr=1000, seats=10)


@pytest.fixture
def offer(tenant, renewal, csm):
    with tenant_scope(tenant.pk):
        return services.draft_offer(renewal, by=csm, on=TODAY)


def url(offer, rest=""):
    return f"/t/acme/offers/{offer.pk}/{rest}"


def posted(revision=1, lines=(("Pro", "20", "90"),), **more):
    said = {
        "revision": revision,
        "language": "en",
        "valid_until": "2026-12-22",
        "starts_on": "2027-01-31",
        "term_months": 12,
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": 0,
    }
    for place, (title, quantity, price) in enumerate(lines):
        said |= {
            f"lines-{place}-title": title,
            f"lines-{place}-quantity": quantity,
            f"lines-{place}-price": price,
        }
    return said | more


def kept(tenant):
    with tenant_scope(tenant.pk):
        return Offer.objects.get()


def test_a_draft_is_made_and_written(csm_client, tenant, renewal):
    made = csm_client.post(f"/t/acme/renewals/{renewal.pk}/offers/")
    offer = kept(tenant)

    answer = csm_client.post(url(offer), posted(**{"lines-0-discount": "10"}))

    assert made["Location"] == answer["Location"] == url(offer)
    assert kept(tenant).lines == [
        Line("Pro", Decimal("20"), Decimal("90"), discount=Decimal("10")).as_text()
    ]
    assert kept(tenant).amount == Decimal("19440.00")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"lines": [("", "1", "5")]}, "title"),
        ({"lines": [("Pro", "", "5")]}, "quantity"),
        ({"lines": [("Pro", "1", "-5")]}, "price"),
        ({"lines": [("Pro", "NaN", "5")]}, "quantity"),
        ({"lines": [("Pro", "1", "1e99")]}, "price"),
        ({"lines-0-discount": "101"}, "discount"),
    ],
)
def test_a_bad_line_is_422_at_its_field(csm_client, tenant, offer, said, field):
    answer = csm_client.post(url(offer), posted(**said))

    assert answer.status_code == 422
    (errors,) = answer.context["lines_form"].errors
    assert list(errors) == [field]
    assert kept(tenant).amount == 12_000


def test_the_second_who_writes_a_draft_is_told(csm_client, lead_client, tenant, offer):
    csm_client.post(url(offer), posted())

    answer = lead_client.post(url(offer), posted(lines=[("Theirs", "1", "1")]))

    assert answer.status_code == 409
    assert "Somebody else was first" in answer.content.decode()
    assert b"Theirs" in answer.content
    assert [line["title"] for line in kept(tenant).lines] == ["Pro"]


def test_what_the_page_shows_can_be_sent_back(csm_client, tenant, offer):
    shown = csm_client.get(url(offer)).context
    fields = [*shown["form"], *shown["lines_form"].management_form]
    fields += [field for line in shown["lines_form"] for field in line]
    said = {field.html_name: field.value() for field in fields}

    answer = csm_client.post(
        url(offer), {k: "" if v is None else v for k, v in said.items()}
    )

    assert answer.status_code == 302
    after = kept(tenant)
    assert (after.lines, after.amount, after.seats) == (offer.lines, 12_000, 10)


def test_sums_follow_what_is_typed_and_write_nothing(csm_client, tenant, offer):
    answer = csm_client.post(url(offer, "sums/"), posted(tax_percent="12"))
    broken = csm_client.post(url(offer, "sums/"), posted(term_months="x"))

    assert "$21,600" in answer.content.decode()
    assert "$24,192" in answer.content.decode()
    assert broken.status_code == 204
    assert kept(tenant).revision == 1


def test_a_sent_offer_is_downloaded_as_it_was_sent(csm_client, tenant, offer):
    csm_client.post(url(offer, "sending/"), {"revision": "1"})

    pdf = csm_client.get(url(offer, "file.pdf"))
    docx = csm_client.get(url(offer, "file.docx"))

    assert kept(tenant).state == "sent"
    for answer in (pdf, docx):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
    assert pdf["Content-Disposition"] == 'attachment; filename="offer-nova-v1.pdf"'
    assert "$12,000.00" in pdf_text(pdf.content)
    assert "$12,000.00" in word_text(docx.content)
    assert csm_client.get(url(offer, "file.exe")).status_code == 404


def test_the_name_of_a_file_is_no_path_and_no_header(csm_client, tenant, offer):
    with tenant_scope(tenant.pk):
        account = offer.renewal.account
        account.name = '../../etc/x"\r\nSet-Cookie: a=b Қазақ'
        account.save()

    answer = csm_client.get(url(offer, "file.pdf"))

    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''offer-etcx-set-cookie-ab-"
        "%D2%9B%D0%B0%D0%B7%D0%B0%D2%9B-v1-draft.pdf"
    )


def test_pages_are_shown_as_pictures(csm_client, offer):
    page = csm_client.get(url(offer, "preview/"))

    assert page.content.decode().count("data:image/png;base64,iVBOR") == 1


def test_an_accepted_offer_leads_to_the_outcome(csm_client, tenant, renewal, offer):
    csm_client.post(url(offer, "sending/"), {"revision": "1"})

    answer = csm_client.post(url(offer, "answer/"), {"state": "accepted"})

    assert kept(tenant).state == "accepted"
    place = f"/t/acme/renewals/{renewal.pk}/?offer={offer.pk}#outcome"
    assert answer["Location"] == place


def test_a_draft_cannot_be_answered(csm_client, tenant, offer):
    csm_client.post(url(offer, "answer/"), {"state": "accepted"})

    assert kept(tenant).state == "draft"
    wrong = csm_client.post(url(offer, "answer/"), {"state": "draft"})
    assert wrong.status_code == 422


def test_a_draft_is_thrown_away(csm_client, tenant, offer):
    csm_client.post(url(offer, "removal/"))

    with tenant_scope(tenant.pk):
        assert Offer.objects.count() == 0


POSTS = ("", "sums/", "sending/", "answer/", "removal/")
GETS = ("", "preview/", "file.pdf", "file.docx")


@pytest.mark.parametrize("rest", POSTS)
def test_who_may_not_change_the_deal_may_not_change_its_offer(
    viewer_client, sign_in, tenant, offer, rest
):
    colleague = sign_in(MembershipFactory(tenant=tenant, role="csm").user)
    for client in (viewer_client, colleague):
        answer = client.post(url(offer, rest), posted() | {"state": "accepted"})
        assert answer.status_code == 404
    assert (kept(tenant).revision, kept(tenant).state) == (1, "draft")


@pytest.mark.parametrize("rest", GETS)
def test_an_offer_is_read_by_members_only(viewer_client, stranger_client, offer, rest):
    assert viewer_client.get(url(offer, rest)).status_code == 200
    for slug in ("acme", "globex"):
        foreign = url(offer, rest).replace("acme", slug)
        assert stranger_client.get(foreign).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_an_offer_costs_the_same_with_more_lines(
    csm_client, tenant, offer, number, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        lines = [Line(f"Item {n}", Decimal(1), Decimal(1)) for n in range(number)]
        services.change_offer(offer, lines=lines, revision=1)

    with django_assert_num_queries(14):
        page = csm_client.get(url(offer))

    assert len(page.context["lines"]) == number


def upload(content, name="logo.png"):
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_the_template_is_kept_and_shown(lead_client, csm_client, tenant, offer):
    lead_client.post("/t/acme/settings/offers/", LOOK | {"picture": upload(png())})
    lead_client.post(
        "/t/acme/settings/offers/",
        {"form": "en", "en-title": "Our offer", "en-signature": "Ann Lee"},
    )

    with tenant_scope(tenant.pk):
        look, words = OfferTemplate.objects.get(), OfferWording.objects.get()
    assert (look.company, look.colour, look.validity_days) == ("Acme", "#aa0000", 14)
    assert (words.language, words.title) == ("en", "Our offer")
    shown = lead_client.get("/t/acme/settings/offers/logo/")
    assert (shown.content, shown["Content-Type"]) == (png(), "image/png")
    text = pdf_text(csm_client.get(url(offer, "file.pdf")).content)
    assert "Our offer" in text
    assert "Ann Lee" in text


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"GIF89a" + b"\0" * 60,
        png()[:40],
        png()[:33] + b"broken" * 9,
        # Well-formed outside, and nothing that could be printed inside.
        png()[:41] + b"\xff" * 6 + png()[47:],
        png(5000, 2),
        png() + b"\0" * 600_000,
        b"%PDF-1.7",
    ],
)
def test_what_is_no_small_picture_is_refused(lead_client, tenant, content):
    answer = lead_client.post(
        "/t/acme/settings/offers/", LOOK | {"picture": upload(content)}
    )

    assert answer.status_code == 422
    assert list(answer.context["look"].errors) == ["picture"]
    with tenant_scope(tenant.pk):
        assert Logo.objects.count() == 0


@pytest.mark.parametrize("colour", ["red", '#12345"', "#12345", "#1234567"])
def test_a_colour_is_a_colour(lead_client, tenant, colour):
    answer = lead_client.post("/t/acme/settings/offers/", LOOK | {"colour": colour})

    assert list(answer.context["look"].errors) == ["colour"]


def test_the_template_is_the_leads_and_ops(csm_client, viewer_client, stranger_client):
    for client in (csm_client, viewer_client, stranger_client):
        assert client.get("/t/acme/settings/offers/").status_code == 404
        assert client.post("/t/acme/settings/offers/", LOOK).status_code == 404


def test_the_renewal_shows_its_offers(viewer_client, csm_client, renewal, offer):
    page = csm_client.get(f"/t/acme/renewals/{renewal.pk}/").content.decode()
    read = viewer_client.get(f"/t/acme/renewals/{renewal.pk}/").content.decode()

    assert "Go on with the draft" in page
    assert "Go on with the draft" not in read
    assert url(offer) in read


def test_the_file_is_that_of_the_template_of_the_day_it_was_sent(
    csm_client, lead_client, tenant, offer
):
    csm_client.post(url(offer, "sending/"), {"revision": "1"})
    before = csm_client.get(url(offer, "file.pdf")).content
    lead_client.post("/t/acme/settings/offers/", LOOK | {"company": "Another"})

    assert csm_client.get(url(offer, "file.pdf")).content == before
    with tenant_scope(tenant.pk):
        assert queries.template().company == "Another"
