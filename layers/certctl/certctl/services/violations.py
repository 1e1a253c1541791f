"""What broke the policies, as people see it."""

import re
from collections.abc import Callable
from datetime import datetime

from certctl.domain.errors import NotFound
from certctl.domain.permissions import Permission, Principal, Scope
from certctl.domain.policies import Violation
from certctl.store.listing import Found, ListPage, Position, load, page_of, rows_to_read, walk
from certctl.store.violations import ViolationStore

_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")


class Violations:
    def __init__(self, store: ViolationStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def page(
        self, caller: Principal, policy_id: str | None, position: Position | None, per_page: int
    ) -> ListPage[Violation]:
        """Newest first: of one policy, or of all where it is None; those whose certificates the caller may
        read. Raises NotFound for what is no id, InvalidInput for a position that is none of this list."""
        if policy_id is not None and not _ID.fullmatch(policy_id):
            raise NotFound("There is no such policy.")
        store = self._store
        stages = store.by_month(self._now()) if policy_id is None else store.of_policy(policy_id)
        reads_all = caller.scope_of(Permission.CERTIFICATES_READ) is Scope.ALL
        walked = walk(stages, position, rows_to_read(per_page, all_shown=reads_all))
        found = {v.id: v for v in load([f.id for f in walked.found], store.get_many)}

        def shown(_: Found, violation: Violation) -> bool:
            return caller.reaches_team(Permission.CERTIFICATES_READ, violation.team_id)

        return page_of(walked, found, shown, per_page)
