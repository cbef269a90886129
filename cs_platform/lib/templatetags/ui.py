"""Small parts of every page: numbers, time, health, icons, sparklines."""

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.template.defaultfilters import stringfilter
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from lucide.templatetags.lucide import lucide

from cs_platform.lib import drawing, wording

register = template.Library()

BAND_WORDS = {
    "green": _("Healthy"),
    "amber": _("Needs attention"),
    "red": _("At risk"),
    "unknown": _("Unknown"),
}
# One shape per band, so that colour is never needed to tell them apart.
BAND_SHAPES = {
    "green": "M5 0a5 5 0 1 1 0 10A5 5 0 1 1 5 0Z",
    "amber": "M5 .5 10 9.5H0Z",
    "red": "M0 0h10v10H0Z",
    "unknown": "M5 0a5 5 0 1 1 0 10A5 5 0 1 1 5 0ZM5 1.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7Z",
}

# The arrow, how strongly it speaks, and what it means: only more than the account's
# usual swing is a rise or a fall, but whatever moved has an arrow.
HEADINGS = {
    "rising": ("arrow-up", "up", _("rising")),
    "falling": ("arrow-down", "down", _("falling")),
    "drifting_up": ("arrow-up-right", "drift", _("up, within its usual swing")),
    "drifting_down": ("arrow-down-right", "drift", _("down, within its usual swing")),
    "steady": ("", "none", _("steady")),
}


@register.filter
def money(amount, currency):
    return wording.money(amount, currency)


@register.filter
def money_short(amount, currency):
    return wording.money_short(amount, currency)


@register.filter
def number(value, digits=None):
    return wording.number(value, digits)


@register.filter
def compact(value):
    return wording.compact(value)


@register.filter
def percent(ratio, digits=1):
    return wording.percent(ratio, digits)


@register.filter
def duration(minutes):
    return wording.duration(minutes)


@register.filter
def day(value):
    return wording.day(value)


@register.filter
def day_short(value):
    return wording.day(value, "d MMM")


@register.filter
def month(value):
    return wording.month(value)


@register.simple_tag
def period(start, end):
    return wording.period(start, end)


@register.filter
def instant(at):
    return wording.instant(at)


@register.filter
@stringfilter
def initials(name):
    words = name.replace("@", " ").split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.simple_tag
def icon(name, size=16, label=""):
    """A lucide icon; silent to screen readers unless it has a label."""
    return _icon(str(name), size, str(label))


# Drawing one reads XML: a page of fifty rows has hundreds of a handful of icons.
@lru_cache(1024)
def _icon(name, size, label):
    says = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return lucide(name, size=size, stroke_width="1.75", **{"class": "icon"}, **says)


@register.simple_tag
def part(template_name, **values):
    """A small template that knows these values alone, drawn once for each set of them.

    For what a page repeats a hundred times with few differences: a card's buttons.
    """
    return _part(template_name, get_language(), tuple(sorted(values.items())))


@lru_cache(4096)
def _part(template_name, language, values):
    return render_to_string(template_name, dict(values))


@register.simple_tag
def ago(value, now=None):
    """A <time> that reads as a distance and tells the exact instant on hover."""
    if value is None or value == "":
        return wording.DASH
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        _exactly(value),
        wording.ago(value, now or timezone.now()),
    )


@register.simple_tag
def badge(band, word=""):
    band = _known(band)
    return format_html(
        '<span class="badge" data-band="{}">{}{}</span>',
        band,
        _shape(band),
        word or BAND_WORDS[band],
    )


@register.inclusion_tag("components/health.html")
def health(score, band, change=None, href="", word=True, **more):
    """A score is never alone: number, shape and word, and where it is going.

    `more`: month (points in 28 days), direction (of accounts.Direction), judged (a
    person's score, not the computed one), computed.
    """
    band = _known(band)
    return {
        "score": wording.number(score, 0),
        "band": band,
        "shape": _shape(band),
        "word": BAND_WORDS[band] if word else "",
        "label": BAND_WORDS[band],
        "heading": _heading(change, more.get("month"), more.get("direction", "")),
        "judged": _judged(more) if more.get("judged") else "",
        "computed": _computed(more) if more.get("judged") else "",
        "href": href,
    }


def _judged(more) -> str:
    if more.get("computed") is None:
        return str(_("A person's judgement"))
    said = _("A person's judgement; computed: %(score)s")
    return str(said % {"score": more["computed"]})


def _computed(more) -> str:
    """What stands beside a person's score, never only on hover."""
    if more.get("computed") is None:
        return ""
    return str(_("computed %(score)s") % {"score": more["computed"]})


def _heading(week, month, direction):
    """An arrow that never says flat while the number moved, and the points it gained.

    None where there is nothing to compare with.
    """
    if week is None and month is None:
        return None
    if direction not in HEADINGS:
        direction = _direction_of(week or month or 0)
    icon, emphasis, meaning = HEADINGS[direction]
    words = _("%(week)s in 7 days, %(month)s in 28 days: %(meaning)s") % {
        "week": _signed(week),
        "month": _signed(month),
        "meaning": meaning,
    }
    is_short = month is None or week == month == 0
    shown = _signed(week) if is_short else f"{_signed(week)} / {_signed(month)}"
    return {"icon": icon, "emphasis": emphasis, "text": shown, "words": words}


def _direction_of(points) -> str:
    """For those who know the points alone."""
    return "drifting_up" if points > 0 else "drifting_down" if points < 0 else "steady"


def _signed(points) -> str:
    if points is None:
        return wording.DASH
    sign = "+" if points > 0 else wording.MINUS if points < 0 else ""
    return f"{sign}{wording.number(abs(points), 0)}"


@register.inclusion_tag("components/change.html")
def change(value, suffix="", since="", digits=0):
    if value is None:
        return {"text": wording.DASH, "direction": "none", "since": since}
    shown = round(value, int(digits))
    direction = "up" if shown > 0 else "down" if shown < 0 else "none"
    sign = {"up": "+", "down": wording.MINUS, "none": ""}[direction]
    text = f"{sign}{wording.number(abs(shown), int(digits) if shown else 0)}{suffix}"
    return {"text": text, "direction": direction, "since": since}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values, label=""):
    values = list(values)
    drawn = drawing.sparkline(values)
    return {
        "drawn": drawn,
        "label": label,
        "width": drawing.WIDTH,
        "height": drawing.HEIGHT,
    }


@register.inclusion_tag("components/meter.html")
def meter(value, max, label=""):
    share = min(100, max and 100 * float(value or 0) / float(max) or 0)
    return {"value": value or 0, "max": max, "label": label, "share": f"{share:.1f}%"}


@register.simple_tag
def avatar(name, size=""):
    return format_html(
        '<span class="avatar" data-size="{}" aria-hidden="true">{}</span>',
        size,
        initials(name or "?"),
    )


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context, key, label, numeric=False):
    """A column head that sorts; the rest of the address (filters) stays."""
    query = context["request"].GET.copy()
    now = query.get("sort", "")
    query["sort"] = f"-{key}" if now == key else key
    for cursor in ("after", "before", "page"):
        query.pop(cursor, None)
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    return {
        "order": order,
        "label": label,
        "numeric": numeric,
        "href": f"?{query.urlencode()}",
    }


def _known(band) -> str:
    return band if band in ("green", "amber", "red") else "unknown"


def _shape(band):
    return format_html(
        '<svg class="badge-shape" viewBox="0 0 10 10" aria-hidden="true">'
        '<path fill-rule="evenodd" d="{}"/></svg>',
        BAND_SHAPES[band],
    )


def _exactly(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return f"{wording.instant(value)} ({wording.zone_name()})"
    return wording.day(value)
