"""Lists of policy violations."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import NotFound
from certctl.domain.field_rules import ID_PATTERN
from certctl.domain.policies.policies import Violation, ViolationFilter, ViolationState
from certctl.store.catalog.cache import MAX_POLICIES
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import Hit, ListPage, Position, Stage
from certctl.store.policies.violations import ViolationStore
from certctl.store.reading import read_page

_ID = re.compile(ID_PATTERN)


@dataclass(frozen=True)
class Violations:
    store: ViolationStore
    catalog: CatalogStore
    now: Callable[[], datetime]

    def page(
        self, caller: Principal, wanted: ViolationFilter, position: Position | None, per_page: int
    ) -> ListPage[Violation]:
        """Newest first, open ones by policy and certificate; only those whose certificates the caller may
        read. Raises NotFound for an invalid id, InvalidInput for a position outside this list."""
        if wanted.policy_id is not None and not _ID.fullmatch(wanted.policy_id):
            raise NotFound("There is no such policy.")
        reads_all = caller.scope_of(Permission.CERTIFICATES_READ) is Scope.ALL
        all_shown = reads_all and wanted.state in (None, ViolationState.OPEN)
        reading = read_page(self._stages(wanted), position, per_page, all_shown=all_shown)

        def shown(_: Hit, violation: Violation) -> bool:
            is_in_reach = caller.reaches_team(Permission.CERTIFICATES_READ, violation.team_id)
            return is_in_reach and wanted.matches(violation)

        return reading.page(self.store.load, shown)

    def _stages(self, wanted: ViolationFilter) -> list[Stage]:
        store, policy_id = self.store, wanted.policy_id
        if wanted.state is ViolationState.OPEN:
            return [store.standing(each) for each in ([policy_id] if policy_id else self._policy_ids())]
        return store.of_policy(policy_id) if policy_id else store.by_month(self.now())

    def _policy_ids(self) -> list[str]:
        page = self.catalog.page(Kind.POLICY, None, MAX_POLICIES)
        return [policy.id for policy in page.entries]
