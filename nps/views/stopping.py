"""No more surveys: a page with one button, and the POST of a mail program (RFC 8058)."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from nps import services
from nps.models import Invitation, OptOut
from nps.queries import asking
from nps.tokens import Purpose, token_of
from nps.views.entrance import by_token


@by_token(Purpose.STOP)
def stop(request, tenant, named):
    """Works as long as the row is there: who wants no mail is not told it is too late."""
    invitation = Invitation.objects.filter(pk=named.key if named else None).first()
    if invitation is None or not invitation.address:
        return None
    if request.method == "POST":
        _heed(request, invitation)
    with translation.override(invitation.language):
        context = {
            "look": asking.look_for(tenant),
            "here": reverse("survey-stop", args=[token_of(Purpose.STOP, named)]),
            "is_stopped": OptOut.objects.filter(address=invitation.address).exists(),
            "is_back": "again" in request.POST,
        }
        return render(request, "nps/ask/stop.html", context)


def _heed(request, invitation):
    if request.POST.get("again"):
        services.ask_again(invitation.address)
    else:
        services.stop_asking(invitation.address, reason=OptOut.Reason.UNSUBSCRIBED)
