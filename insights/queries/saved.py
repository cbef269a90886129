from django.db.models import Q

from insights.models import SavedView


def views_of(user):
    """The saved views of a person and those shared with the team, by name."""
    views = SavedView.objects.filter(Q(user=user) | Q(is_shared=True))
    return views.select_related("user").order_by("name", "id")
