"""Saved views of the list of accounts."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from insights.forms import SavedViewForm
from insights.models import SavedView
from tenants.access import member_required
from tenants.models import Role


@require_POST
@member_required
def view_create(request):
    form = SavedViewForm(request.POST, instance=SavedView(user=request.user))
    if request.membership.role == Role.VIEWER:
        # Who only reads keeps views, and puts none before others.
        del form.fields["is_shared"]
    if form.is_valid() and _saved(form):
        return _back(form.instance.query)
    for errors in form.errors.values():
        messages.error(request, errors[0])
    return _back(request.POST.get("query", "")[:2000])


@require_POST
@member_required
def view_removal_create(request, pk):
    view = get_object_or_404(SavedView, pk=pk, user=request.user)
    view.delete()
    messages.success(request, _("The view is gone; the accounts are not."))
    return _back("")


def _saved(form):
    """Save it; False, with the reason, when a name was taken a moment ago."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error("name", _("You have a view of this name already."))
    return form.is_valid()


def _back(query):
    return HttpResponseRedirect(f"{reverse('insights:account-list')}?{query}")
