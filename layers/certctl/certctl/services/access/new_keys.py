"""What a caller may ask of a new key."""

from collections.abc import Sequence
from datetime import datetime

from certctl.domain.access.api_keys import DEFAULT_LIFETIME, LONGEST_LIFETIME, ApiKey, NewApiKey
from certctl.domain.access.permissions import ALL_TEAMS, GRANTS, Permission, Role, Scope, may_grant
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.access.subjects import is_break_glass
from certctl.domain.errors import Conflict, Forbidden, InvalidInput
from certctl.domain.identity.exchanged_tokens import is_exchanged
from certctl.domain.jobs.approvals import Requester
from certctl.domain.policies.name_limits import is_narrower
from certctl.domain.times import to_wire

_MOST_MAKERS = 100
_EXCHANGED = (
    "This token was exchanged for one of another issuer, and makes no keys: they would outlast it. Make them "
    "with a key, or after a sign-in."
)


def require_maker(caller: Principal, wanted: NewApiKey) -> None:
    """Raises Forbidden for a caller that makes no keys, InvalidInput."""
    if wanted.subject_id is not None and wanted.owner_id is not None:
        raise InvalidInput.of("owner_id", "cannot be given with subject_id")
    if caller.is_session_of_key:
        raise Forbidden(
            f"This session was started with {caller.key_id}, and makes no keys. "
            f"Make them with {caller.key_id}."
        )
    if caller.parent_id is not None:
        raise Forbidden(
            f"This key ends with {caller.parent_id}, which made it: it makes no keys. "
            f"Make them with {caller.parent_id}."
        )
    if is_exchanged(caller.key_id):
        raise Forbidden(_EXCHANGED)
    if is_break_glass(caller.subject_id):
        raise Forbidden("The break-glass key makes no keys: mend the sign-in, and make them with your own.")
    if caller.limits:
        raise Forbidden("This session is limited: it makes no keys.")
    if not caller.may_manage_keys:
        raise Forbidden(f"This key makes no keys: its actions lack {Permission.API_KEYS}.")
    if caller.actions and not set(wanted.actions) <= set(caller.actions):
        raise Forbidden("A key cannot have actions that its maker does not have.")
    if not is_narrower(wanted.names, caller.names):
        raise Forbidden("A key cannot have names that its maker does not have.")


def granted(caller: Principal, wanted: NewApiKey) -> Grant:
    """Within one grant of the caller's: no role with another grant's teams. Raises Forbidden,
    InvalidInput."""
    require_maker(caller, wanted)
    if wanted.role is None:
        raise InvalidInput.of("role", "is required, unless subject_id names another account")
    _check_actions(wanted.actions, wanted.role)
    makers = [grant for grant in caller.grants if may_grant(grant.role, wanted.role)]
    if not makers:
        raise Forbidden(f"A key of role {caller.role} cannot make one of role {wanted.role}.")
    teams = makers[0].teams if wanted.teams is None else wanted.teams
    grant = Grant(wanted.role, (ALL_TEAMS,) if ALL_TEAMS in teams else teams)
    if not caller.may_grant(grant):
        raise Forbidden("A key cannot reach teams that its maker does not.")
    return grant


def _check_actions(actions: Sequence[Permission], role: Role) -> None:
    """Raises InvalidInput for an action that the role lacks."""
    unknown = [action for action in actions if action not in GRANTS[role]]
    if unknown:
        raise InvalidInput.of("actions", f"the role {role} lacks {', '.join(unknown)}")


def owner(caller: Principal, wanted: NewApiKey) -> str | None:
    """Callers other than administrators make keys for themselves: the owner is theirs, or the making key."""
    if reaches_all(caller):
        return wanted.owner_id or caller.owner_id
    return caller.owner_id or caller.key_id


def end_of(wanted: NewApiKey, parent: ApiKey | None, now: datetime) -> datetime:
    """Raises InvalidInput."""
    if wanted.expires_at is not None and wanted.expires_at <= now:
        raise InvalidInput.of("expires_at", "must be in the future")
    latest = now + LONGEST_LIFETIME
    if wanted.expires_at is not None and wanted.expires_at > latest:
        raise InvalidInput.of("expires_at", f"must be at most {LONGEST_LIFETIME.days} days from now")
    parents_end = parent.expires_at if parent and parent.expires_at else latest
    if wanted.expires_at is not None and wanted.expires_at > parents_end:
        raise InvalidInput.of("expires_at", f"must be before the end of your own key: {to_wire(parents_end)}")
    return wanted.expires_at or min(now + DEFAULT_LIFETIME, parents_end)


def makers(caller: Principal, wanted: NewApiKey) -> tuple[str, ...]:
    """The makers that count as the user of the key: none if an administrator names its owner. Raises Conflict
    at the end of a long chain: a chain cut at its beginning would count as another person's."""
    if reaches_all(caller) and wanted.owner_id is not None:
        return ()
    makers = Requester.of(caller).person
    if len(makers) > _MOST_MAKERS:
        raise Conflict(
            "This key comes from too many others, each made by the one before: use an earlier one."
        )
    return makers


def reaches_all(caller: Principal) -> bool:
    return caller.scope_of(Permission.API_KEYS) is Scope.ALL
