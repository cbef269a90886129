"""Reports as people read them: found, shown, compared, downloaded."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.queries import visible_accounts
from nps.models import Response
from qbr.deck.composing import deck_of
from qbr.deck.slides import Deck
from qbr.deck.written import note_of, value_of
from qbr.figures import sections as parts
from qbr.figures.figure import differences, figure_of
from qbr.figures.period import Period
from qbr.models import Report, ReportFile, ReportState, Review, ReviewTemplate
from qbr.queries.gathering import gathered
from renewals.queries.offers import template

TYPES = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
# Of what they keep, what a list does not show.
HEAVY = ("figures", "sections")


@dataclass(frozen=True)
class Look:
    """The workspace's papers: one look for offers and reports."""

    colour: str
    logo: bytes | None
    company: str


def look() -> Look:
    kept = template()
    logo = bytes(kept.logo.content) if kept.logo else None
    return Look(kept.colour, logo, kept.company)


def visible_reports(membership):
    """The reports of the accounts this member may see."""
    return Report.objects.filter(review__account__in=visible_accounts(membership))


def reports_of(review: Review) -> list[Report]:
    """The versions, the latest first; without what they say."""
    return list(Report.objects.filter(review=review).defer(*HEAVY).order_by("-version"))


def latest_report(review: Review) -> Report | None:
    return Report.objects.filter(review=review).order_by("-version").first()


def recent_reports(membership):
    """Asked for last, first; without what they say."""
    reports = visible_reports(membership).defer(*HEAVY)
    reports = reports.select_related("review__account", "asked_by")
    return reports.order_by("-asked_at", "-id")


def sections_for(review: Review) -> list[dict]:
    """As the workspace wants them for the tier of the account, or for all, or as shipped."""
    return beginning(review.account.tier)


def beginning(tier: str = "") -> list[dict]:
    """The sections that new reports of a tier begin with."""
    rows = ReviewTemplate.objects.filter(tier__in=(tier, "")).exclude(sections=[])
    kept = dict(rows.values_list("tier", "sections"))
    return parts.arranged(kept.get(tier) or kept.get("") or [])


def deck_of_report(report: Report) -> Deck:
    """The slides, in the language of the report."""
    return deck_of(
        report.figures,
        report.sections,
        language=report.language,
        colour=look().colour,
        is_frozen=report.frozen_at is not None,
    )


def changed_since(report: Report, *, on: date) -> list[dict]:
    """What the data say otherwise today than when its figures were taken, in words."""
    now = gathered(report.review, language=report.language, on=on)
    with translation.override(report.language):
        return [
            {
                "label": _("%(figure)s, the period before") % {"figure": one.label}
                if one.is_before
                else one.label,
                "was": value_of(one.was),
                "now": value_of(one.now),
            }
            for one in differences(report.figures["figures"], now["figures"])
        ]


def told_figures(report: Report) -> list[dict]:
    """Its figures in words, each with its definition and how many rows it is made of."""
    with translation.override(report.language):
        return [
            {
                "key": kept["key"],
                "label": kept["label"],
                "value": value_of(figure_of(kept)),
                "note": note_of(figure_of(kept)),
                "definition": kept["definition"],
                "rows": kept["rows"],
            }
            for kept in report.figures["figures"]
        ]


def quotes_of(report: Report) -> list[tuple[str, str]]:
    """What people wrote, by the id of the answer, with who and how many points: for
    those who choose what the customer is shown."""
    kept = {
        one["key"]: one for one in report.figures["tables"]["answers"] if "key" in one
    }
    rows = Response.objects.filter(pk__in=kept).select_related("contact")
    who = {str(row.pk): row.contact.name for row in rows if row.contact}
    return [
        (key, _quote(who.get(key) or _("Nobody by name"), one))
        for key, one in kept.items()
    ]


def _quote(who, answer):
    told = {"who": who, "score": answer["score"], "words": answer["words"]}
    return _("%(who)s, %(score)s: “%(words)s”") % told


def why_failed(report: Report) -> dict[str, str]:
    """What is told of a failure: a sentence for people, and what the machine said."""
    said, _line, detail = report.error.partition("\n")
    return {"said": _(said) if said else "", "detail": detail}


def file_of(report: Report, kind: str) -> ReportFile | None:
    """Its file, once it is made of what the report says now."""
    if report.state != ReportState.READY:
        return None
    return ReportFile.objects.filter(report=report, kind=kind).first()


def kinds_made(report: Report) -> list[tuple[str, str, int]]:
    """Kind, name and size of each file that is there."""
    files = ReportFile.objects.filter(report=report).defer("content").order_by("kind")
    return [(one.kind, one.get_kind_display(), one.size) for one in files]


def file_name(report: Report, kind: str) -> str:
    """A name that any system takes; letters of any script stay. Its day is the last
    one of the period."""
    review = report.review
    name = slugify(review.account.name, allow_unicode=True)[:60] or "account"
    last = Period(review.period_start, review.period_end).last
    draft = "" if report.frozen_at else "-draft"
    return f"review-{name}-{last}-v{report.version}{draft}.{kind}"


def file_response(report: Report, file: ReportFile) -> HttpResponse:
    """A download; nobody keeps a copy of it on the way."""
    name = file_name(report, file.kind)
    return HttpResponse(
        bytes(file.content),
        content_type=TYPES[file.kind],
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
