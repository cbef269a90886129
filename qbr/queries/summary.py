"""The summary of a review, as it is prepared from what was written in it."""

from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import wording
from qbr import agenda
from qbr.models import Commitment, CommitmentState, NoteKind, Review, ReviewNote, Side


def prepared(review: Review) -> str:
    """Discussed, decided, next steps: in the language of the review. Two queries."""
    with translation.override(review.language):
        parts = [_greeting(review), *_discussed(review), *_next_steps(review)]
        return "\n\n".join([*parts, _("If something is missing, answer this mail.")])


def subject_of(review: Review, tenant) -> str:
    """In the active language."""
    return _("Summary of our review of %(day)s: %(us)s") % {
        "day": wording.day(review.held_at or review.day),
        "us": tenant.name,
    }


def _greeting(review):
    day = {"day": wording.day(review.held_at or review.day)}
    return _("Thank you for the review of %(day)s. In short:") % day


def _discussed(review):
    notes = list(ReviewNote.objects.filter(review=review).order_by("created_at"))
    sheets = {
        note.section: note.words.strip()
        for note in notes
        if note.kind == NoteKind.NOTE and note.words.strip()
    }
    decided = [note.words for note in notes if note.kind == NoteKind.DECISION]
    if sheets:
        yield _("DISCUSSED")
        for part in agenda.parts_of(review.agenda):
            if part.key in sheets:
                yield f"{part.name}\n{sheets[part.key]}"
    if decided:
        yield _("DECIDED") + "\n\n" + "\n".join(f"• {words}" for words in decided)


def _next_steps(review):
    rows = Commitment.objects.filter(review=review).exclude(
        state=CommitmentState.DROPPED
    )
    rows = list(rows.select_related("owner", "contact"))
    if not rows:
        return
    yield _("NEXT STEPS")
    for side, title in ((Side.OURS, _("We")), (Side.THEIRS, _("You"))):
        lines = [_line(row) for row in rows if row.side == side]
        if lines:
            yield f"{title}\n" + "\n".join(lines)


def _line(row):
    who = row.owner if row.side == Side.OURS else row.contact
    named = {"words": row.words, "day": wording.day(row.due_on), "who": who}
    if who:
        return "• " + _("%(words)s (%(who)s, by %(day)s)") % named
    return "• " + _("%(words)s (by %(day)s)") % named
