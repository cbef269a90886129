from django.views.decorators.http import require_safe

from accounts.queries import account_or_404, today
from cs_platform.lib.htmx import render_page
from tenants.access import member_required
from usage import charts
from usage.queries import activity


@require_safe
@member_required
def panel(request, pk):
    """How an account uses the product, as of today: rollups only."""
    account = account_or_404(request.membership, pk)
    found = activity(account, on=today())
    context = {
        "account": account,
        "activity": found,
        "days": charts.users_by_day(found.users_by_day, on=found.on),
        "weeks": charts.users_by_week(found.users_by_week),
    }
    return render_page(request, "usage/panel.html", context, partial="panel")
