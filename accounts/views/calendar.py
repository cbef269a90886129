from datetime import date

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.calendar import Habits, countries, habits_of
from accounts.forms.calendar import CalendarForm
from accounts.models import WorkCalendar
from accounts.queries import calendar, note_on, today
from accounts.wording import country_name, month_name
from cs_platform.lib.htmx import render_page
from tenants.access import member_required, role_required
from tenants.models import Role

PAGE = "accounts/calendar.html"


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def calendar_edit(request):
    """On which days a workspace works, and in which months nothing is decided."""
    kept = WorkCalendar.objects.first() or WorkCalendar()
    if request.method == "POST":
        return _save(request, kept)
    country = request.GET.get("country", kept.country)
    country = country if country in countries() else ""
    form = CalendarForm(initial=_facts(kept) | {"country": country}, country=country)
    return render_page(request, PAGE, _context(form, country, kept), partial="form")


@require_safe
@member_required
def day_check(request):
    """What speaks against a day that somebody is about to plan something on."""
    asked = request.GET.get("day") or request.GET.get(request.htmx.trigger_name or "")
    if not asked:
        return HttpResponse()
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return HttpResponseBadRequest()
    note = note_on(day, days=calendar(), since=today())
    return render(request, "components/day_warning.html", {"note": note})


def warn_of(request, day):
    """Say after a save what speaks against the day that was saved."""
    note = day and note_on(day, days=calendar(), since=today())
    if note:
        messages.info(request, note.said)


def _save(request, kept):
    country = request.POST.get("country", "")
    form = CalendarForm(request.POST, country=country)
    if not form.is_valid():
        context = _context(form, country, kept)
        return render(request, PAGE, context, status=422)
    facts = form.facts()
    if "take_habits" in request.POST:
        facts |= _months(habits_of(country))
    services.set_calendar(by=request.user, **facts)
    messages.success(request, _("Saved."))
    return redirect("accounts:calendar")


def _facts(kept):
    names = ("country", "subdivision", "extra_holidays", "weekdays", "dead_months")
    return {name: getattr(kept, name) for name in (*names, "budget_months")}


def _months(habits):
    return {
        "dead_months": list(habits.dead_months),
        "budget_months": list(habits.budget_months),
    }


def _context(form, country, kept):
    habits = habits_of(country)
    now = {"dead_months": kept.dead_months, "budget_months": kept.budget_months}
    is_new = habits != Habits() and now != _months(habits)
    return {
        "form": form,
        "offer": is_new
        and {
            "country": country_name(country),
            "dead": ", ".join(month_name(month) for month in habits.dead_months),
            "budget": ", ".join(month_name(month) for month in habits.budget_months),
        },
    }
