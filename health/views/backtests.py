from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account, Band
from accounts.queries import today, visible_accounts
from cs_platform.lib import keyset
from cs_platform.lib.htmx import render_page
from health import services
from health.forms import BacktestForm
from health.models import Backtest, Scorecard, Shift
from health.queries import reports
from tenants.access import role_required
from tenants.models import Role

SEES = (Role.LEAD, Role.OPS, Role.ADMIN)
CONFIGURES = (Role.OPS, Role.ADMIN)
LISTED = 50
PAGE = 25
BY_MRR = keyset.Order("mrr", descending=True)


@require_safe
@role_required(*SEES)
def backtest_list(request):
    """What was replayed, and the form to start another."""
    card = request.GET.get("card") or _newest_card()
    return _list(request, BacktestForm(today=today(), card=card))


@require_POST
@role_required(*CONFIGURES)
def backtest_create(request):
    form = BacktestForm(request.POST, today=today())
    if not form.is_valid():
        return _list(request, form, status=422)
    asked = form.cleaned_data
    backtest = services.start_backtest(asked.pop("card"), by=request.user, **asked)
    return redirect("health:backtest-detail", backtest.pk)


@require_safe
@role_required(*SEES)
def backtest_detail(request, pk):
    """How far it got, why it failed, or what it found."""
    backtest = get_object_or_404(Backtest.objects.select_related("draft", "by"), pk=pk)
    context = {"backtest": backtest, "may_configure": _may_configure(request)}
    if backtest.state == Backtest.State.DONE:
        context |= _report(request, backtest)
    elif backtest.state == Backtest.State.FAILED:
        context["error"] = reports.error_of(backtest)
    return render_page(request, "health/backtest.html", context, partial="state")


@require_POST
@role_required(*CONFIGURES)
def retry_create(request, pk):
    """Let a failed backtest go on from where it stood."""
    backtest = get_object_or_404(Backtest, pk=pk)
    services.retry_backtest(backtest, by=request.user)
    return redirect("health:backtest-detail", pk)


@require_POST
@role_required(*CONFIGURES)
def publication_create(request, pk):
    """Put the draft in force that was replayed, unless it was changed since."""
    backtest = get_object_or_404(Backtest.objects.select_related("draft"), pk=pk)
    if not _may_publish(backtest):
        messages.error(
            request, _("The draft was changed or published since: replay it again.")
        )
        return redirect("health:backtest-detail", pk)
    try:
        services.publish_scorecard(backtest.draft, by=request.user)
    except (services.DraftChanged, services.AlreadyPublished) as error:
        messages.error(request, error.message)
        return redirect("health:backtest-detail", pk)
    messages.success(request, _("Published. Every account is scored again."))
    return redirect("health:card-list")


@require_safe
@role_required(*SEES)
def shift_list(request, pk):
    """The accounts that would change colour, most revenue first."""
    backtest = get_object_or_404(Backtest, pk=pk)
    visible = visible_accounts(request.membership)
    shifts = Shift.objects.filter(backtest=backtest, account__in=visible)
    chosen = {name: _band(request.GET.get(name)) for name in ("was", "becomes")}
    if chosen["was"]:
        shifts = shifts.filter(band_before=chosen["was"])
    if chosen["becomes"]:
        shifts = shifts.filter(band_after=chosen["becomes"])
    page = _page(request, shifts)
    accounts = Account.objects.in_bulk([row["account_id"] for row in page.rows])
    rows = [row | {"account": accounts[row["account_id"]]} for row in page.rows]
    context = {
        "backtest": backtest,
        "rows": rows,
        "total": shifts.count(),
        "chosen": chosen,
        "bands": Band.choices,
        "next_url": keyset.address_of(request.GET, after=page.after),
        "previous_url": keyset.address_of(request.GET, before=page.before),
    }
    return render_page(request, "health/shifts.html", context, partial="rows")


def _list(request, form, status=200):
    backtests = Backtest.objects.select_related("by").defer("definition", "published")
    context = {
        "backtests": backtests.order_by("-created_at")[:LISTED],
        "form": form,
        "may_configure": _may_configure(request),
    }
    return render(request, "health/backtests.html", context, status=status)


def _report(request, backtest):
    found, day = backtest.result["report"], backtest.result["today"]
    words = reports.words_of(
        _("Replayed: %s") % backtest.draft_name,
        _("In force: %s") % backtest.result["published_name"],
    )
    moved, mrr = reports.moved_of(day)
    return {
        "found": found,
        "words": words,
        "ways": []
        if reports.is_same(found)
        else reports.ways_of(found["ranking"], words),
        "ways_learned": reports.ways_of(found["ranking_learned"], words),
        "learned_since": reports.day_of(found["ranking_learned"], "first"),
        "figures": reports.figures_of(found, words),
        "losses": reports.losses_of(backtest, visible_accounts(request.membership)),
        "undated": reports.undated_of(backtest),
        "matrix": reports.matrix_of(day),
        "bands": Band.choices,
        "moved": moved,
        "moved_mrr": mrr,
        "today": day,
        "currency": request.membership.tenant.currency,
        "may_publish": _may_configure(request) and _may_publish(backtest),
    }


def _may_publish(backtest) -> bool:
    draft = backtest.draft
    return (
        draft is not None
        and draft.published_at is None
        and draft.definition == backtest.definition
    )


def _newest_card():
    """A draft before what is in force."""
    cards = Scorecard.objects.order_by("-published_at", "-updated_at")
    return cards.values_list("pk", flat=True).first()


def _may_configure(request) -> bool:
    return request.membership.role in CONFIGURES


def _page(request, shifts):
    columns = (
        "account_id", "band_before", "band_after", "score_before", "score_after", "mrr",
    )  # fmt: skip
    try:
        return keyset.page_of(
            shifts,
            BY_MRR,
            columns=columns,
            size=PAGE,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except keyset.BadCursor:
        raise Http404 from None


def _band(text) -> str:
    return text if text in Band.values else ""
