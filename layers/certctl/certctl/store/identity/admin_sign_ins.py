"""Whether an administrator has ever signed in with an identity provider. From a sign-in whose time the
provider says on, the provider, and not `first_admin_key`, makes administrators; from any on, persons ask for
what needs approval."""

from datetime import datetime

from certctl.domain.times import to_millis
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import ADMIN_SIGN_IN
from certctl.store.writes import Write, put

_TIMED, _UNTIMED = "first", "untimed"


class AdminSignInStore:
    """Two rows of the state, which are never deleted. Reads are consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Two reads at most."""
        return self.any_timed() or self._is_recorded(_UNTIMED)

    def any_timed(self) -> bool:
        return self._is_recorded(_TIMED)

    def record_step(self, user_id: str, now: datetime) -> Write:
        """Records a sign-in in its transaction. Idempotent, except that the row keeps the last user."""
        return _recorded(_TIMED, user_id, now)

    def record_untimed_step(self, user_id: str, now: datetime) -> Write:
        """Records, as `record_step`, one whose time the provider did not say."""
        return _recorded(_UNTIMED, user_id, now)

    def _is_recorded(self, which: str) -> bool:
        return self._database.get(StateItem, ADMIN_SIGN_IN, which, consistent=True) is not None


def _recorded(which: str, user_id: str, now: datetime) -> Write:
    return put(StateItem(ADMIN_SIGN_IN, which, owner=user_id, amount=to_millis(now)))
