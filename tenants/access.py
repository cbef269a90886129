"""Doors inside a workspace. What one may not enter is not there: always 404."""

from functools import wraps

from django.http import Http404


def member_required(view):
    """Only for members of the workspace in scope."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if getattr(request, "membership", None) is None:
            raise Http404
        return view(request, *args, **kwargs)

    guarded.is_guarded = True
    return guarded


def role_required(*roles):
    """Only for members in one of these roles."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            membership = getattr(request, "membership", None)
            if membership is None or membership.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        guarded.is_guarded = True
        return guarded

    return decorate
