"""Whether an administrator has ever signed in with an identity provider: from then on the provider, and not
`first_admin_key`, makes administrators."""

from datetime import datetime

from certctl.domain.times import to_millis
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import ADMIN_SIGN_IN
from certctl.store.writes import Write, put

_ONLY = "first"


class AdminSignInStore:
    """One row of the state, which is never deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Read consistently."""
        return self._database.get(StateItem, ADMIN_SIGN_IN, _ONLY, consistent=True) is not None

    def record_step(self, user_id: str, now: datetime) -> Write:
        """Records a sign-in in its transaction. Idempotent, except that the row keeps the last user."""
        return put(StateItem(ADMIN_SIGN_IN, _ONLY, owner=user_id, amount=to_millis(now)))
