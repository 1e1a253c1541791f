"""Takes what an access rule gave from its users, once it was changed or deleted: they have it again when they
sign in again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import DomainError
from certctl.domain.identity.access_rules import AccessRule, without_rule
from certctl.domain.identity.accounts import User
from certctl.observability import logger
from certctl.store.follow_ups import FollowUp, FollowUpStore
from certctl.store.keys import RULE_WITHDRAWALS
from certctl.store.paging import in_parallel
from certctl.unit_of_work.catalog import CatalogRecords
from certctl.unit_of_work.retry import retry_on_conflict

_MAINTENANCE = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_PAGE = 100
_TIME_IN_A_CALL = timedelta(seconds=5)
_LONGEST_SIGN_IN = timedelta(seconds=60)
"""A sign-in that read the rule before its change has stored its user by then."""


@dataclass(frozen=True)
class RuleWithdrawals:
    """The call that changed the rule takes its grants, as far as its time goes. Sign-ins that had read the
    rule before may store them after that: `maintenance_schedule` looks at all users again. `follow_ups` has a
    row until that is done."""

    records: CatalogRecords
    now: Callable[[], datetime]

    @cached_property
    def _follow_ups(self) -> FollowUpStore:
        return FollowUpStore(self.records.units.database, RULE_WITHDRAWALS)

    def begin(self, rule_id: str, actor: Actor) -> None:
        """After a change that may have left the rule as it was. Best effort: the maintenance schedule does
        the rest."""
        ends_at = self.now() + _TIME_IN_A_CALL
        try:
            follow_up, rules, (ids, after) = in_parallel(
                lambda: self._follow_ups.find(rule_id),
                self._rules,
                lambda: self._users_of(rule_id, None),
            )
            if follow_up is not None:
                self._withdraw_first(self._of(actor, follow_up, rules), rule_id, ids, after, ends_at)
        except DomainError:
            logger.warning("the maintenance schedule withdraws a rule", extra={"rule_id": rule_id})

    def _withdraw_first(
        self,
        withdraw: Callable[[str], bool],
        rule_id: str,
        ids: list[str],
        after: str | None,
        ends_at: datetime,
    ) -> None:
        """From the users of the first page, `ids`, and further ones. Leaves the follow-up as it is: all users
        are looked at again."""
        while True:
            for user_id in ids:
                withdraw(user_id)
            if after is None or self.now() >= ends_at:
                return
            ids, after = self._users_of(rule_id, after)

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of users who lost grants. Raises Unavailable: the next run continues there."""
        return self._follow_ups.work_off(self.now(), partial(self._settle, has_time))

    def _settle(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        withdraw = self._of(_MAINTENANCE, follow_up, self._rules())
        for ids in self._follow_ups.slices(follow_up, partial(self._users_of, follow_up.id), has_time):
            yield sum(map(withdraw, ids))

    def _of(
        self, actor: Actor, follow_up: FollowUp, rules: Mapping[str, AccessRule]
    ) -> Callable[[str], bool]:
        """Withdraws from a user, by id."""
        until = follow_up.marked_at + _LONGEST_SIGN_IN
        return partial(self._withdraw, actor, follow_up.id, rules, until)

    def _rules(self) -> Mapping[str, AccessRule]:
        """The rules in force, read consistently."""
        rules = self.records.catalog.all_of(Kind.ACCESS_RULE)
        return {rule.id: rule.content for rule in rules if not rule.is_deleting}

    def _users_of(self, rule_id: str, after: str | None) -> tuple[list[str], str | None]:
        page = self.records.catalog.page(Kind.USER, after, _PAGE)
        return [user.id for user in page.entries if rule_id in user.content.rules], page.next_after

    @retry_on_conflict
    def _withdraw(
        self, actor: Actor, rule_id: str, rules: Mapping[str, AccessRule], until: datetime, user_id: str
    ) -> bool:
        """False for a user who signed in after `until`, and so by the rule as it is now."""
        before: Entry[User] | None = self.records.catalog.get(Kind.USER, user_id)
        if before is None or not _is_affected(before.content, rule_id, until):
            return False
        now = self.now()
        content = without_rule(before.content, rule_id, rules)
        after = replace(before, content=content, updated_at=now, revision=before.revision + 1)
        unit = self.records.units.begin(actor, user_id, now)
        self.records.update(unit, before, after)
        unit.commit()
        return True


def _is_affected(user: User, rule_id: str, until: datetime) -> bool:
    return rule_id in user.rules and (user.verified_at is None or user.verified_at <= until)
