"""One review: prepared, put into calendars, called off."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cs_platform.lib import clock
from qbr import agenda, services
from qbr.forms.reviews import (
    AttendeeForm,
    CancelForm,
    InvitationForm,
    SettingsForm,
    agenda_of,
)
from qbr.models import NoteKind, PreparationKey
from qbr.queries import reviews as queries
from qbr.queries.attendees import attendees_of, decision_maker, invited
from qbr.queries.commitments import last_time
from qbr.queries.facts import facts_of
from qbr.queries.planning import planning_rule
from qbr.views.rows import changeable, done, refused, stale_words, today, visible
from tenants.access import member_required

PAGE = "qbr/detail.html"


@require_GET
@member_required
def detail(request, pk):
    return _page(request, visible(request, pk))


@require_POST
@member_required
def settings_change(request, pk):
    """When and where; 409 when somebody else changed it first."""
    review = changeable(request, pk)
    form = SettingsForm(request.POST, tenant=request.tenant, review=review)
    if not form.is_valid():
        return _page(request, review, settings_form=form, status=422)
    try:
        changed = services.change_review(review, by=request.user, **form.facts())
    except services.Stale as stale:
        form.add_error(None, stale_words(stale.review))
        fresh = visible(request, pk)
        return _page(request, fresh, settings_form=form, status=409)
    except ValidationError as error:
        for field, words in error.message_dict.items():
            form.add_error("period_last" if field == "period_end" else field, words)
        return _page(request, review, settings_form=form, status=422)
    words = _("Saved.")
    if changed.invitations > review.invitations:
        words += " " + _told(review)
    return done(request, review, words)


@require_POST
@member_required
def agenda_change(request, pk):
    review = changeable(request, pk)
    seen = request.POST.get("seen", "")
    try:
        services.change_agenda(
            review,
            agenda_of(request.POST),
            seen=int(seen) if seen.isdecimal() else None,
        )
    except ValidationError as error:
        problem = {"agenda_errors": error.messages, "parts": agenda_of(request.POST)}
        return _page(request, review, status=422, **problem)
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return done(request, review, _("Saved."), "#agenda")


@require_POST
@member_required
def attendee_create(request, pk):
    review = changeable(request, pk)
    form = AttendeeForm(request.POST, review=review, tenant=request.tenant)
    if not form.is_valid():
        return _page(request, review, attendee_form=form, status=422)
    try:
        services.ask(review, **form.person())
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return done(request, review, place="#attendees")


@require_POST
@member_required
def attendee_removal_create(request, pk, attendee):
    review = changeable(request, pk)
    try:
        gone = services.take_off(review, attendee, by=request.user)
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    if gone is None:
        raise Http404
    words = ""
    if gone.invited_as and review.is_ahead:
        words = _("%(who)s is told, and it leaves their calendar.") % {"who": gone}
    return done(request, review, words, place="#attendees")


@require_POST
@member_required
def tick_change(request, pk, key):
    """One of the eight is prepared, or is not; a note is kept with it."""
    review = changeable(request, pk)
    if key not in PreparationKey.values:
        raise Http404
    try:
        services.tick(
            review,
            key,
            by=request.user,
            note=request.POST.get("note"),
            is_done=request.POST.get("is_done") == "1",
        )
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return done(request, review, place=f"#prepare-{key}")


@require_POST
@member_required
def invitation_create(request, pk):
    review = changeable(request, pk)
    decider = decision_maker(review, attendees_of(review))
    form = InvitationForm(request.POST, has_decider=decider.is_invitable)
    if not form.is_valid():
        return _page(request, review, invitation_form=form, status=422)
    words = form.cleaned_data["words"]
    try:
        count = services.invite(review, by=request.user, words=words)
    except ValidationError as error:
        return refused(request, review, " ".join(error.messages))
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return done(
        request,
        review,
        _("Invitations sent: %(count)s. Who accepts answers to the owner.")
        % {"count": count},
    )


@require_GET
@member_required
def calendar_file(request, pk):
    """The review as a file for one's own calendar."""
    review = visible(request, pk)
    if review.scheduled_at is None:
        raise Http404
    content = services.calendar_file(review)
    headers = {"Content-Disposition": 'attachment; filename="review.ics"'}
    return HttpResponse(content, content_type="text/calendar", headers=headers)


@require_POST
@member_required
def cancellation_create(request, pk):
    review = changeable(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, review, cancel_form=form, status=422)
    try:
        review = services.cancel_review(review, by=request.user, **form.cleaned_data)
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    words = _("The review is called off.")
    if review.invited_at:
        words += " " + _told(review)
    return done(request, review, words)


def _told(review):
    return _("People told of it: %(count)s.") % {"count": len(invited(review))}


def _page(request, review, *, status=200, **more):
    rows, parts = attendees_of(review), agenda.parts_of(review.agenda)
    may_change = queries.may_change(review, request.membership)
    notes = list(
        review.notes.select_related("by", "opportunity").order_by("created_at")
    )
    context = {
        "review": review,
        "account": review.account,
        "parts": parts,
        "clock": agenda.clocked(
            parts, review.spent, running="", since=None, now=clock.now()
        ),
        "preparation": _preparation(review),
        "attendees": rows,
        "decider": decision_maker(review, rows),
        "last_time": list(last_time(review)),
        "promised": list(_promised(review)),
        "sheets": {n.section: n for n in notes if n.kind == NoteKind.NOTE and n.words},
        "decided": [note for note in notes if note.kind == NoteKind.DECISION],
        "ideas": [note for note in notes if note.kind == NoteKind.IDEA],
        "is_late": _is_late(review),
        "may_change": may_change,
        "today": today(request),
    }
    if may_change and review.is_ahead:
        context |= _forms(request, review, rows, context["decider"])
    return render(request, PAGE, context | more, status=status)


def _forms(request, review, rows, decider):
    return {
        "settings_form": SettingsForm(tenant=request.tenant, review=review),
        "attendee_form": AttendeeForm(review=review, tenant=request.tenant, taken=rows),
        "invitation_form": InvitationForm(has_decider=decider.is_invitable),
        "cancel_form": CancelForm(initial={"seen": review.revision}),
    }


def _preparation(review):
    """The eight, each with what the data shows: now, or as it was when it was held."""
    items = {item.key: item for item in review.preparation.select_related("done_by")}
    live = facts_of(review) if review.is_ahead else {}
    return [
        {
            "key": key.value,
            "title": key.label,
            "item": items.get(key.value),
            "facts": [fact.row for fact in live[key.value]]
            if key.value in live
            else items[key.value].found
            if key.value in items
            else [],
        }
        for key in PreparationKey
    ]


def _promised(review):
    rows = review.commitments.select_related("owner", "contact", "task", "done_by")
    return rows.order_by("side", "due_on", "pk")


def _is_late(review):
    """Whether it comes too late before the renewal it is planned for."""
    renewal = review.renewal
    if renewal is None or not review.is_ahead:
        return False
    left = (renewal.decides_on - review.day).days
    return left < planning_rule().renewal_days
