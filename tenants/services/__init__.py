"""Workspaces, members, keys, and the record of who changed them."""

from tenants.services.audit import record_audit
from tenants.services.invitations import (
    accept_invitation,
    invite,
    join_as_new,
    revoke_invitation,
)
from tenants.services.keys import create_api_key, register_credential, revoke_api_key
from tenants.services.members import LastAdmin, add_member, change_member, create_user
from tenants.services.workspaces import (
    change_workspace,
    create_tenant,
    found_workspace,
)

__all__ = [
    "LastAdmin",
    "accept_invitation",
    "add_member",
    "change_member",
    "change_workspace",
    "create_api_key",
    "create_tenant",
    "create_user",
    "found_workspace",
    "invite",
    "join_as_new",
    "record_audit",
    "register_credential",
    "revoke_api_key",
    "revoke_invitation",
]
