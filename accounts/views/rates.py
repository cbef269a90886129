from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms.rates import RateForm
from accounts.models import ExchangeRate
from tenants.access import role_required
from tenants.models import Role

LISTED = 200


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def rate_list(request):
    own = request.tenant.currency
    posted = request.POST if request.method == "POST" else None
    form = RateForm(posted, own=own)
    if form.is_bound and form.is_valid():
        rate = services.set_rate(**form.cleaned_data, by=request.user)
        messages.success(request, _("The rate of %s is kept.") % rate.currency)
        return redirect("accounts:rate-list")
    rates = ExchangeRate.objects.order_by("currency", "-valid_from")[:LISTED]
    return render(
        request,
        "accounts/rates.html",
        {"form": form, "rates": rates, "own": own},
        status=422 if form.is_bound else 200,
    )
