"""Front door of identity: accounts, sessions, tokens, devices, the first account, audit."""

from services.identity.accounts import (
    NewUser,
    add_user,
    count_users,
    find_user,
    get_user,
    has_users,
    rename_user,
    set_password,
    user_by_email,
)
from services.identity.audit import read_audit, write_audit
from services.identity.credentials import (
    csrf_of,
    hash_password,
    hash_secret,
    new_secret,
    same_secret,
)
from services.identity.devices import list_devices, meet_device, revoke_device
from services.identity.guard import LoginGuard
from services.identity.models import Audit, Device, SetupLink, Token, User, UserSession
from services.identity.sessions import (
    SignedIn,
    actor_by_session,
    bind_session,
    end_session,
    list_sessions,
    touch,
)
from services.identity.setup import ensure_setup_link, set_up, setup_link_valid
from services.identity.signing import (
    Attempt,
    NewSession,
    change_password,
    open_session,
    sign_in,
)
from services.identity.tokens import actor_by_token, create_token, list_tokens, revoke_token

__all__ = [
    "Attempt",
    "Audit",
    "Device",
    "LoginGuard",
    "NewSession",
    "NewUser",
    "SetupLink",
    "SignedIn",
    "Token",
    "User",
    "UserSession",
    "actor_by_session",
    "actor_by_token",
    "add_user",
    "bind_session",
    "change_password",
    "count_users",
    "create_token",
    "csrf_of",
    "end_session",
    "ensure_setup_link",
    "find_user",
    "get_user",
    "has_users",
    "hash_password",
    "hash_secret",
    "list_devices",
    "list_sessions",
    "list_tokens",
    "meet_device",
    "new_secret",
    "open_session",
    "read_audit",
    "rename_user",
    "revoke_device",
    "revoke_token",
    "same_secret",
    "set_password",
    "set_up",
    "setup_link_valid",
    "sign_in",
    "touch",
    "user_by_email",
    "write_audit",
]
