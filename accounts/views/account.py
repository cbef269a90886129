from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import AccountForm
from accounts.queries import workable_account_or_404
from accounts.services import ACCOUNTS
from tenants.access import member_required, role_required
from tenants.models import Role

WORKERS = (Role.CSM, Role.LEAD, Role.OPS, Role.ADMIN)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*WORKERS)
def account_create(request):
    form = AccountForm(_posted(request), membership=request.membership)
    account = _saved(request, form, updates=False)
    if account:
        messages.success(request, _("%s is there.") % account)
        return redirect("insights:account-detail", account.pk)
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def account_edit(request, pk):
    account = workable_account_or_404(request.membership, pk)
    form = AccountForm(
        _posted(request), instance=account, membership=request.membership
    )
    if _saved(request, form):
        messages.success(request, _("Saved."))
        return redirect("insights:account-detail", pk)
    return _page(request, form)


@require_POST
@role_required(Role.LEAD, Role.OPS, Role.ADMIN)
def archive_create(request, pk):
    account = workable_account_or_404(request.membership, pk)
    services.archive_account(account, by=request.user)
    messages.success(request, _("%s is archived; its history stays.") % account)
    return redirect("insights:account-list")


def _saved(request, form, **how):
    """The account as written, or None with the reasons at the form's fields."""
    if request.method != "POST" or not form.is_valid():
        return None
    change = services.save_item(ACCOUNTS, form.item(), by=request.user, **how)
    for name, sentences in change.errors.items():
        form.add_error(name if name in form.fields else None, sentences)
    return None if change.errors else change.row


def _page(request, form):
    account = None if form.instance._state.adding else form.instance
    archives = account and request.membership.role in WORKERS[1:]
    return render(
        request,
        "accounts/account_form.html",
        {"form": form, "account": account, "archives": archives},
        status=422 if form.is_bound else 200,
    )


def _posted(request):
    return request.POST if request.method == "POST" else None
