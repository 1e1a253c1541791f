"""Who may give what: service accounts, users, and trust rules, which give a service account's grants."""

from collections.abc import Mapping

from certctl.domain.access.principals import Principal, has_admin
from certctl.domain.access.sign_in import GuardedOperation
from certctl.domain.access.subjects import may_give_roles
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import write_permission
from certctl.domain.catalog.subjects import ACCOUNT_KINDS
from certctl.domain.errors import Conflict, Forbidden
from certctl.domain.identity.trust_rules import replaces
from certctl.domain.jobs.approvals import Requester

_MOST_WRITERS = 100
_ALWAYS_GUARDED: Mapping[Kind, GuardedOperation] = {
    Kind.IDENTITY_PROVIDER: GuardedOperation.IDENTITY_PROVIDERS,
    Kind.ACCESS_RULE: GuardedOperation.ACCESS_RULES,
}


def writers_of(caller: Principal, before: AnyEntry, after: AnyEntry) -> tuple[str, ...]:
    """The writers of a trust rule: the caller, and those who wrote what still admits their tokens. Raises
    Conflict at the end of a long list, which is part of each credential."""
    earlier = () if replaces(after.content, before.content) else before.answerable
    writers = tuple(dict.fromkeys((*earlier, *Requester.of(caller).person)))
    if len(writers) > _MOST_WRITERS:
        raise Conflict("Too many people have written this trust rule: make another one in its place.")
    return writers


def require_may_give(caller: Principal, before: AnyEntry | None, after: AnyEntry) -> None:
    """Nobody gives, or hands on in an edited account, more than one of their own grants has. Raises
    Forbidden, and Conflict for a caller who would disable itself."""
    if after.kind not in ACCOUNT_KINDS:
        return
    content, permission = after.content, write_permission(after.kind)
    beyond = [grant for grant in content.all_grants if not caller.administers(permission, grant)]
    if beyond:
        raise Forbidden(
            f"You cannot give the role {beyond[0].role} in these teams: yours do not reach so far."
        )
    if not may_give_roles(caller) and _gives(before, after):
        raise Forbidden("Your credential is limited to some actions or names: it cannot give roles.")
    if not content.enabled:
        require_other(caller, after)


def require_other(caller: Principal, account: AnyEntry) -> None:
    """Raises Conflict if the caller acts for the account."""
    if account.kind in ACCOUNT_KINDS and account.id == caller.subject_id:
        raise Conflict("You cannot disable or delete your own account: another administrator can.")


def guard_of(before: AnyEntry | None, after: AnyEntry, account: AnyEntry | None) -> GuardedOperation | None:
    """What the change is among guarded operations. `account`: the one that a trust rule names."""
    if after.kind in ACCOUNT_KINDS and _makes_administrator(before, after):
        return GuardedOperation.ADMINISTRATORS
    if account is not None and has_admin(account.content.all_grants):
        return GuardedOperation.ADMINISTRATORS
    return _ALWAYS_GUARDED.get(after.kind)


def _makes_administrator(before: AnyEntry | None, after: AnyEntry) -> bool:
    """Whether the change makes an administrator, also of one by access rules, whom a grant of their own
    outlasts."""
    if before is None or not before.content.enabled:
        return after.content.enabled and has_admin(after.content.all_grants)
    return has_admin(after.content.grants) and not has_admin(before.content.grants)


def _gives(before: AnyEntry | None, after: AnyEntry) -> bool:
    if not after.content.enabled:
        return False
    had = before.content.all_grants if before is not None and before.content.enabled else ()
    given: bool = after.content.all_grants != had
    return given
