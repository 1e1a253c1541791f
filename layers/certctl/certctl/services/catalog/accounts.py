"""Who may give what: service accounts, users, and trust rules, which give a service account's grants."""

from certctl.domain.access.permissions import Principal
from certctl.domain.catalog.records import AnyEntry, write_permission
from certctl.domain.catalog.subjects import ACCOUNT_KINDS
from certctl.domain.errors import Conflict, Forbidden


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
    if (caller.actions or caller.names) and _gives(before, after):
        raise Forbidden("Your credential is limited to some actions or names: it cannot give roles.")
    if not content.enabled:
        require_other(caller, after)


def require_other(caller: Principal, account: AnyEntry) -> None:
    """Raises Conflict if the caller acts for the account."""
    if account.kind in ACCOUNT_KINDS and account.id == caller.subject_id:
        raise Conflict("You cannot disable or delete your own account: another administrator can.")


def _gives(before: AnyEntry | None, after: AnyEntry) -> bool:
    if not after.content.enabled:
        return False
    had = before.content.all_grants if before is not None and before.content.enabled else ()
    given: bool = after.content.all_grants != had
    return given
