"""Each route that writes what somebody may do needs a recent sign-in, or has a reason not to."""

from collections.abc import Mapping

from certctl.domain.access.permissions import Permission
from certctl.domain.access.sign_in import GuardedOperation
from tests.support.functions.functions import all_routes
from tests.support.identity.sign_ins import GUARDED_ROUTES

_ACCESS = {
    Permission.API_KEYS,
    Permission.API_KEYS_ROTATE,
    Permission.IDENTITY_WRITE,
    Permission.NAMES_WRITE,
    Permission.SERVICE_ACCOUNTS_WRITE,
    Permission.TRUST_RULES_WRITE,
    Permission.USERS_WRITE,
    None,
}
"""The permissions of routes by which anybody could come to have the role admin; None: routes for anyone."""
_REASONS: Mapping[str, str] = {
    "delete_service_account": "gives nothing",
    "delete_user": "gives nothing",
    "delete_trust_rule": "gives nothing",
    "revoke_api_key": "gives nothing",
    "revoke_credential": "gives nothing",
    "start_session": "has what the key has, and ends with it",
    "end_session": "gives nothing",
    "end_user_session": "gives nothing",
    "exchange_token": "a machine's token, by a trust rule; a child of a credential; the use of a code",
    "preview_trust_rule": "stores nothing",
    "preview_unsaved_trust_rule": "stores nothing",
    "preview_team_names": "stores nothing",
    "rotate_agent_key": "an agent's own, which reaches its own routes only",
    "register_with_token": "makes an agent, which reaches its own routes only",
}


def test_each_route_that_can_give_the_role_admin_is_guarded_or_has_a_reason() -> None:
    writing = {r.handler for _, r in all_routes() if r.method != "GET" and r.permission in _ACCESS}
    guarded = set(GUARDED_ROUTES)
    assert writing - guarded == set(_REASONS)
    assert not guarded & set(_REASONS)
    assert guarded <= {route.handler for _, route in all_routes()}


def test_each_guarded_operation_has_a_route() -> None:
    assert set(GUARDED_ROUTES.values()) == set(GuardedOperation)
