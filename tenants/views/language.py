from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from tenants.models import Language, User


@require_POST
def language_create(request):
    """Choose a language: kept with the person, or in a cookie for a visitor."""
    chosen = request.POST.get("language")
    if request.user.is_authenticated and chosen in Language.values:
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return set_language(request)
