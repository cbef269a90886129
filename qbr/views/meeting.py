"""Meeting mode: the agenda with its clock, and what is typed while one talks."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.queries.requests import wanted_titles
from cs_platform.lib import clock
from qbr import agenda, services
from qbr.forms.meeting import CommitmentForm, HoldForm, LineForm, NotesForm, WishForm
from qbr.models import NoteKind, Status
from qbr.queries import reviews as queries
from qbr.queries.attendees import attendees_of, decision_maker
from qbr.queries.commitments import last_time
from qbr.views.rows import changeable, done, refused, stale_words, today, visible
from tenants.access import member_required

PAGE = "qbr/meeting.html"
FORTNIGHT = timedelta(days=14)
CLOSED = (Status.FOLLOWED_UP, Status.CANCELLED)


@require_GET
@member_required
def meeting(request, pk):
    review = visible(request, pk)
    if not queries.may_change(review, request.membership) or review.status in CLOSED:
        return done(request, review)
    return _page(request, review)


@require_POST
@member_required
def part_change(request, pk):
    """Another part of the agenda begins; an empty one stops the clock."""
    review = changeable(request, pk)
    try:
        review = services.run_part(review, request.POST.get("part", ""))
    except ValidationError:
        raise Http404 from None
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return _answer(request, review, "clock")


@require_POST
@member_required
def notes_change(request, pk, section):
    """Keeps the sheet of a part as it is typed; 409 with the other's words."""
    review = changeable(request, pk)
    form = NotesForm(request.POST)
    if section not in _keys(review) or not form.is_valid():
        raise Http404
    said = form.cleaned_data
    keep = services.join_notes if said["join"] else services.write_notes
    seen = said["seen"] or 0
    context = {"review": review, "section": section, "is_joined": said["join"]}
    try:
        sheet = keep(review, section, said["words"], seen=seen, by=request.user)
    except services.StaleNote as stale:
        # What is typed goes on from where it was: nothing is saved until both are kept.
        context |= {"sheet": stale.note, "seen": seen, "is_stale": True}
        return render(request, "qbr/meeting.html#saved", context)
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    if not request.htmx:
        return _reload(request, review)
    context |= {"sheet": sheet, "seen": sheet.revision, "is_saved": True}
    return render(request, "qbr/meeting.html#saved", context)


@require_POST
@member_required
def line_create(request, pk):
    """A decision, or an idea for more."""
    review = changeable(request, pk)
    form = LineForm(request.POST)
    if not form.is_valid() or form.cleaned_data["section"] not in _keys(review):
        return _answer(request, review, "written", problem=_("Say it in words."))
    said = form.cleaned_data
    try:
        services.write_down(
            review,
            section=said["section"],
            words=said["words"],
            kind=said["kind"] or NoteKind.DECISION,
            by=request.user,
        )
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return _answer(request, review, "written")


@require_POST
@member_required
def line_removal_create(request, pk, line):
    review = changeable(request, pk)
    try:
        services.strike_out(review, line)
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return _answer(request, review, "written")


@require_POST
@member_required
def commitment_create(request, pk):
    review = changeable(request, pk)
    if review.status in CLOSED:
        return refused(request, review, stale_words(review))
    form = CommitmentForm(request.POST, review=review, tenant=request.tenant)
    if not form.is_valid():
        return _answer(request, review, "promises", promise_form=form, status=422)
    services.promise(review, by=request.user, **form.cleaned_data)
    return _answer(request, review, "promises")


@require_POST
@member_required
def commitment_removal_create(request, pk, commitment):
    review = changeable(request, pk)
    services.remove_commitment(review, commitment)
    return _answer(request, review, "promises")


@require_POST
@member_required
def wish_create(request, pk):
    """Something they miss: a vote of the account, weighed by its MRR."""
    review = changeable(request, pk)
    form = WishForm(request.POST)
    if not form.is_valid():
        return _answer(request, review, "wishes", wish_form=form, status=422)
    asked = services.wish(review, by=request.user, **form.cleaned_data)
    words = _("“%(title)s” has the vote of this account.") % {"title": asked.title}
    return _answer(request, review, "wishes", wished=words)


@require_POST
@member_required
def holding_create(request, pk):
    """The review was held: who came, and everything that follows."""
    review = changeable(request, pk)
    form = HoldForm(request.POST, attendees=attendees_of(review))
    came = form.cleaned_data["came"] if form.is_valid() else []
    try:
        services.hold_review(review, came=came, by=request.user)
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return done(request, review, _("Held. What was promised is on the worklists now."))


def _answer(request, review, part, *, status=200, **more):
    """The changed part for a script; without one, the page again."""
    if not request.htmx:
        if status == 200:
            return _reload(request, review)
        return _page(request, review, status=status, **more)
    context = _context(request, review) | more
    return render(request, f"{PAGE}#{part}", context, status=status)


def _reload(request, review):
    response = done(request, review)
    response["Location"] += "meeting/"
    return response


def _page(request, review, *, status=200, **more):
    context = _context(request, review) | more
    return render(request, PAGE, context, status=status)


def _context(request, review):
    parts, now = agenda.parts_of(review.agenda), clock.now()
    notes = list(review.notes.order_by("created_at"))
    sheets = {note.section: note for note in notes if note.kind == NoteKind.NOTE}
    rows = attendees_of(review)
    return {
        "review": review,
        "account": review.account,
        "parts": [
            {"clock": one, "part": one.part, "sheet": sheets.get(one.part.key)}
            for one in agenda.clocked(
                parts,
                review.spent,
                running=review.running,
                since=review.running_since,
                now=now,
            )
        ],
        "current": review.running or parts[0].key,
        "lines": [note for note in notes if note.kind != NoteKind.NOTE],
        "promised": review.commitments.select_related("owner", "contact"),
        "attendees": rows,
        "decider": decision_maker(review, rows),
        "last_time": list(last_time(review)),
        "promise_form": CommitmentForm(
            review=review,
            tenant=request.tenant,
            initial={"due_on": today(request) + FORTNIGHT},
        ),
        "wish_form": WishForm(),
        "titles": wanted_titles(),
        "today": today(request),
    }


def _keys(review):
    return {part.key for part in agenda.parts_of(review.agenda)}
