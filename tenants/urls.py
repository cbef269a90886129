from django.urls import path

from tenants.views import keys, members, workspace

app_name = "tenants"

urlpatterns = [
    path("settings/", workspace.settings, name="settings"),
    path("settings/audit/", workspace.audit, name="audit"),
    path("settings/members/", members.member_list, name="member-list"),
    path("settings/members/<int:pk>/", members.member_edit, name="member-edit"),
    path(
        "settings/members/<int:pk>/departure/",
        members.departure_create,
        name="departure-create",
    ),
    path("settings/invitations/", members.invitation_create, name="invitation-create"),
    path(
        "settings/invitations/<uuid:pk>/revocation/",
        members.invitation_revocation_create,
        name="invitation-revocation-create",
    ),
    path("settings/api-keys/", keys.key_list, name="key-list"),
    path("settings/api-keys/new/", keys.key_create, name="key-create"),
    path(
        "settings/api-keys/<uuid:pk>/revocation/",
        keys.revocation_create,
        name="revocation-create",
    ),
]
