import json
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.queries import calendar, note_on
from accounts.views.calendar import warn_of
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from tenants.access import member_required, role_required
from tenants.models import Role
from worklist import services
from worklist.forms import DueForm, OwnerForm, TaskFilters, TaskForm, assignable
from worklist.models import Task
from worklist.queries import lists

LIST = "worklist/tasks.html"
ACTING = (Role.CSM, Role.LEAD, Role.OPS, Role.ADMIN)


@require_GET
@member_required
def task_list(request):
    form = TaskFilters(request.GET)
    filters, on = form.chosen(), _today(request)
    try:
        page = lists.task_page(
            request.membership,
            filters,
            on=on,
            sort=request.GET.get("sort", "due_on"),
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    people = list(assignable(request.tenant))
    days = calendar()
    context = {
        "rows": [_shown(row, request, days) for row in page.rows],
        "people": people,
        "today": on,
        "filters": filters,
        "statuses": Task.Status.choices,
        "dues": form.fields["due"].choices,
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
        "may_create": request.membership.role in ACTING,
    }
    return render_page(request, LIST, context, partial="rows")


@require_http_methods(["GET", "POST"])
@role_required(*ACTING)
def task_create(request):
    on = _today(request)
    initial = {
        "account": request.GET.get("account", ""),
        "owner": request.user.pk,
        "due_on": on + timedelta(days=1),
    }
    form = TaskForm(
        request.POST or None, initial=initial, membership=request.membership
    )
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        services.create_task(kind="task.by_hand", by=request.user, **facts)
        messages.success(request, _("The task is on the list."))
        warn_of(request, facts["due_on"])
        return HttpResponseRedirect(reverse("worklist:task-list"))
    status = 422 if request.method == "POST" else 200
    return render(request, "worklist/task_create.html", {"form": form}, status=status)


@require_POST
@member_required
def closing_create(request, pk):
    task = _changeable(request, pk)
    is_dismissed = request.POST.get("dismissed") == "1"
    services.close_task(task, by=request.user, dismissed=is_dismissed)
    said = _("Dismissed.") if is_dismissed else _("Done.")
    undo = reverse("worklist:reopening-create", args=[pk])
    return _row(request, pk, toast={"text": said, "undo": undo})


@require_POST
@member_required
def reopening_create(request, pk):
    services.reopen_task(_changeable(request, pk))
    return _row(request, pk, toast={"text": _("It is open again.")})


@require_POST
@member_required
def owner_change(request, pk):
    task = _changeable(request, pk)
    form = OwnerForm(request.POST, membership=request.membership)
    if not form.is_valid():
        return _row(request, pk, errors=form.errors, status=422)
    services.change_task(task, owner=form.cleaned_data["owner"])
    said = _("Given to %s.") % form.cleaned_data["owner"]
    return _row(request, pk, toast={"text": said})


@require_POST
@member_required
def due_change(request, pk):
    task = _changeable(request, pk)
    form = DueForm(request.POST)
    if not form.is_valid():
        return _row(request, pk, errors=form.errors, status=422)
    services.change_task(task, due_on=form.cleaned_data["due_on"])
    if not request.htmx:
        warn_of(request, form.cleaned_data["due_on"])
    return _row(request, pk, toast={"text": _("Put off.")})


def _changeable(request, pk):
    return get_object_or_404(lists.changeable_tasks(request.membership), pk=pk)


def _row(request, pk, *, errors=None, toast=None, status=200):
    """The one row, as it is now; a visit without htmx goes back to the list."""
    if not request.htmx:
        return HttpResponseRedirect(reverse("worklist:task-list"))
    row = Task.objects.filter(pk=pk).values(*lists.TASK_COLUMNS).get()
    context = {
        "row": _shown(row, request, calendar()),
        "people": list(assignable(request.tenant)),
        "today": _today(request),
        "errors": errors,
    }
    response = render(request, f"{LIST}#row", context, status=status)
    if toast:
        response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _shown(row, request, days):
    is_open = row["status"] == Task.Status.OPEN
    note = is_open and note_on(row["due_on"], days=days, since=_today(request))
    return row | {
        "note": note,
        # A task of the ladder says it itself.
        "is_noted": note and note.said in row["because"],
        "owner": row["owner__name"] or row["owner__email"],
        "shows_account": lists.shows_account(row, request.membership),
        "may_change": lists.may_change(row, request.membership),
        "is_open": is_open,
        "status_word": Task.Status(row["status"]).label,
    }


def _today(request):
    return clock.day_of(clock.now(), request.tenant.timezone)
