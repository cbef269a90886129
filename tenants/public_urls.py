"""Pages of people who are not (yet) in a workspace."""

from allauth.account import views as account
from django.urls import include, path

from tenants.views import home, invitations, language

urlpatterns = [
    # First, so that our own addresses win when a name is reversed.
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("", home.home, name="home"),
    path("workspaces/", home.workspace_list, name="workspace-list"),
    path(
        "invitations/<str:token>/",
        invitations.invitation_accept,
        name="invitation-accept",
    ),
    path("language/", language.language_create, name="set_language"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-up/", account.signup, name="account_signup"),
    path("sign-out/", account.logout, name="account_logout"),
]
