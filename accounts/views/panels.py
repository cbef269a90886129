"""The panels of the account card: a part for htmx, a page of its own for a visit."""

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import queries, services
from accounts.forms import NoteForm
from accounts.models import Contact, ContactRole, Contract, Invoice, Ticket
from accounts.services import NOTES
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from tenants.access import member_required

SHOWN = 8


@require_GET
@member_required
def contacts(request, pk):
    account = queries.account_or_404(request.membership, pk)
    people = list(Contact.objects.filter(account=account).order_by("name", "id")[:200])
    roles = {role for person in people for role in person.roles}
    context = _context(request, account) | {
        "people": people,
        "is_alone": len(people) == 1,
        "lacks_decider": bool(people) and ContactRole.DECISION_MAKER not in roles,
    }
    return render_page(request, "accounts/contacts.html", context, partial="panel")


@require_GET
@member_required
def tickets(request, pk):
    account = queries.account_or_404(request.membership, pk)
    rows = Ticket.objects.filter(account=account).select_related("requester")
    rank = Case(
        *[
            When(severity=severity, solved_at=None, then=Value(place))
            for place, severity in enumerate(("critical", "high", "normal", "low"))
        ],
        default=Value(9),
        output_field=IntegerField(),
    )
    limit = 200 if "all" in request.GET else SHOWN
    context = _context(request, account) | {
        "tickets": rows.order_by(rank, "-opened_at", "id")[:limit],
        "open_count": rows.open().count(),
        "count": rows.count(),
        "limit": limit,
    }
    return render_page(request, "accounts/tickets.html", context, partial="panel")


@require_GET
@member_required
def money(request, pk):
    account = queries.account_or_404(request.membership, pk)
    today = clock.day_of(clock.now(), request.tenant.timezone)
    contracts = Contract.objects.filter(account=account).order_by("-starts_on", "id")
    invoices = Invoice.objects.filter(account=account).order_by("-issued_on", "id")
    limit = 200 if "all" in request.GET else SHOWN
    context = _context(request, account) | {
        "contracts": queries.as_they_run(contracts[:limit], on=today),
        "invoices": invoices[:limit],
        "count": max(contracts.count(), invoices.count()),
        "limit": limit,
        "today": today,
    }
    return render_page(request, "accounts/money.html", context, partial="panel")


@require_GET
@member_required
def timeline(request, pk):
    account = queries.account_or_404(request.membership, pk)
    context = _timeline(request, account, NoteForm(account=account))
    partial = "entries" if "before" in request.GET else "panel"
    return render_page(request, "accounts/timeline.html", context, partial=partial)


@require_POST
@member_required
def note_create(request, pk):
    account = queries.workable_account_or_404(request.membership, pk)
    form = NoteForm(request.POST, account=account)
    if form.is_valid():
        item = form.item(author=request.user) | {"account": account.external_id}
        change = services.save_item(NOTES, item, by=request.user)
        for field, sentences in change.errors.items():
            form.add_error(field if field in form.fields else None, sentences)
    status = 200 if form.is_valid() else 422
    if status == 200:
        form = NoteForm(account=account)
        if not request.htmx:
            messages.success(request, _("Noted."))
            return redirect("accounts:timeline", pk)
    template = "accounts/timeline.html" + ("#panel" if request.htmx else "")
    context = _timeline(request, account, form)
    return render(request, template, context, status=status)


def _timeline(request, account, form):
    before = _instant(request.GET.get("before")) or clock.now()
    entries, has_older = queries.timeline(
        account, zone=request.tenant.timezone, before=before
    )
    return _context(request, account) | {
        "entries": entries,
        "older": entries[-1].at.isoformat() if has_older else None,
        "form": form,
    }


def _instant(text):
    try:
        at = parse_datetime(text or "")
    except ValueError:
        return None
    return at if at is not None and at.utcoffset() is not None else None


def _context(request, account):
    return {
        "account": account,
        "may_work": queries.may_work(request.membership, account),
    }
