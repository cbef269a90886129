from itertools import islice

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cs_platform.lib.htmx import render_page
from integrations import tabular
from integrations.forms import LABELS, MappingForm, UploadForm
from integrations.models import ImportLine, ImportRun
from integrations.services import imports
from tenants.access import role_required
from tenants.models import Role

LISTED = 50


@require_GET
@role_required(Role.OPS, Role.ADMIN)
def import_list(request):
    return _list(request, UploadForm())


@require_POST
@role_required(Role.OPS, Role.ADMIN)
def import_create(request):
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        run = imports.upload_file(
            kind=form.cleaned_data["kind"],
            name=file.name,
            content=file.read(tabular.MAX_BYTES),
            encoding=form.cleaned_data["encoding"],
            by=request.user,
        )
    except tabular.BadTable as error:
        form.add_error("file", imports.sentence(error))
        return _list(request, form, status=422)
    return redirect("integrations:import-detail", run.pk)


@require_GET
@role_required(Role.OPS, Role.ADMIN)
def import_detail(request, pk):
    run = _run(pk)
    return _detail(request, run, _mapping_form(request, run))


@require_POST
@role_required(Role.OPS, Role.ADMIN)
def columns_create(request, pk):
    """Names the columns and has the file checked."""
    run = get_object_or_404(ImportRun.objects.select_for_update(), pk=pk)
    if run.status not in (ImportRun.Status.UPLOADED, ImportRun.Status.CHECKED):
        return redirect("integrations:import-detail", pk)
    form = _mapping_form(request, run, request.POST)
    if not form.is_valid():
        return _detail(request, run, form, status=422)
    imports.name_columns(
        run,
        mapping=form.mapping,
        day_order=form.cleaned_data["day_order"],
        keeps_rest=form.cleaned_data.get("keeps_rest", False),
    )
    imports.go_on(run)
    return redirect("integrations:import-detail", pk)


@require_POST
@role_required(Role.OPS, Role.ADMIN)
def confirmation_create(request, pk):
    """Imports what was checked; with bad rows only when told to skip them."""
    run = _run(pk)
    skips_bad = request.POST.get("skips_bad") == "1"
    try:
        imports.confirm_run(run, by=request.user, skips_bad=skips_bad)
    except imports.NotReady:
        messages.error(request, _("Nothing was imported: look at the bad rows first."))
    return redirect("integrations:import-detail", pk)


def _run(pk):
    return get_object_or_404(ImportRun.objects.select_related("by"), pk=pk)


def _mapping_form(request, run, data=None):
    return MappingForm(data, run=run, currency=request.tenant.currency)


def _list(request, form, *, status=200):
    runs = ImportRun.objects.defer("content").select_related("by")
    context = {"form": form, "runs": runs.order_by("-created_at")[:LISTED]}
    return render(request, "integrations/imports.html", context, status=status)


def _detail(request, run, form, *, status=200):
    lines = ImportLine.objects.filter(run=run).order_by("line")
    context = {
        "run": run,
        "form": form,
        "bad_lines": [line for line in lines if line.status == "error"],
        "changed_lines": [line for line in lines if line.status != "error"],
        "sample": _sample(run),
        "labels": LABELS,
    }
    template = "integrations/import.html"
    return render_page(request, template, context, partial="progress", status=status)


def _sample(run):
    """The first rows, to see whether the columns are what they are called."""
    if not run.content:
        return []
    return [list(row.cells.values()) for row in islice(imports.table(run), 3)]
