from django.views.decorators.http import require_GET

from cs_platform.lib.htmx import render_page
from insights.queries.search import SHOWN, search
from tenants.access import member_required

MAX_LENGTH = 100
# A visit shows more than the box has room for.
SHOWN_ON_PAGE = 50


@require_GET
@member_required
def search_page(request):
    text = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_LENGTH]
    shown = SHOWN if request.htmx else SHOWN_ON_PAGE
    found = search(request.membership, text, shown=shown)
    context = {"text": text, "found": found}
    return render_page(request, "insights/search.html", context, partial="results")
