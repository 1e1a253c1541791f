"""Who may write what makes administrators."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.domain.access.principals import Principal
from certctl.domain.access.sign_in import GuardedOperation, require_recent
from certctl.domain.access.subjects import is_break_glass
from certctl.domain.errors import SignInRequired
from certctl.store.database import Database
from certctl.store.identity.admin_sign_ins import AdminSignInStore


@dataclass(frozen=True)
class StepUp:
    """People sign in with a provider as soon as an administrator has, with a time: until then a key does
    everything. A session never does without the time of its sign-in. The break-glass key is for when nobody
    can."""

    database: Database
    now: Callable[[], datetime]

    @cached_property
    def _sign_ins(self) -> AdminSignInStore:
        return AdminSignInStore(self.database)

    def require(self, caller: Principal, operation: GuardedOperation) -> None:
        """One consistent read unless the caller has signed in recently, or without a time. Raises
        SignInRequired."""
        if is_break_glass(caller.subject_id):
            return
        try:
            require_recent(caller.sign_in, operation, self.now())
        except SignInRequired:
            if _is_untimed(caller) or self._sign_ins.any_timed():
                raise


def _is_untimed(caller: Principal) -> bool:
    return caller.sign_in is not None and caller.sign_in.at is None
