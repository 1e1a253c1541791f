"""After a restore: users and service accounts that were disabled or deleted since the backup are disabled."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.catalog.records import AnyEntry, Kind
from certctl.domain.catalog.subjects import subject_of
from certctl.domain.ids import ulid_of
from certctl.store.access.subjects import SubjectStore
from certctl.store.audit.events import AuditStore
from certctl.unit_of_work.catalog import CatalogRecords
from certctl.unit_of_work.retry import retry_on_conflict

_BUDGET = timedelta(seconds=60)
_NEWEST_EVENTS = 100
_AFTER_ALL_EVENTS = "aud-~"


@dataclass(frozen=True)
class RestoredAccounts:
    """The result of one run. Not `complete`: it ran out of time; a further run does the rest."""

    complete: bool
    disabled: tuple[str, ...]


class AccountRecovery:
    """Idempotent, also concurrently. One query of the trail an account."""

    def __init__(
        self,
        records: CatalogRecords,
        subjects: SubjectStore,
        audit: AuditStore,
        now: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._subjects = subjects
        self._audit = audit
        self._now = now

    def disable_known(self) -> RestoredAccounts:
        """Those that their record or the audit trail shows as disabled or deleted. Raises Unavailable."""
        ends_at, disabled = self._now() + _BUDGET, list[str]()
        catalog = self._records.catalog
        for account in chain.from_iterable(map(catalog.all_of, (Kind.USER, Kind.SERVICE_ACCOUNT))):
            if self._now() >= ends_at:
                return RestoredAccounts(False, tuple(disabled))
            if self._was_ended(account) and self._disable(account.kind, account.id):
                disabled.append(account.id)
        return RestoredAccounts(True, tuple(disabled))

    def _was_ended(self, account: AnyEntry) -> bool:
        """By the newest event that says so."""
        trail = self._audit.of_resource(account.kind.label, account.id, _AFTER_ALL_EVENTS, _NEWEST_EVENTS)
        for event in trail.events:
            if event["action"] == f"{account.kind.label}_deleted":
                return True
            content = (event["details"].get("after") or {}).get("content") or {}
            if "enabled" in content:
                return not content["enabled"]
        return not account.content.enabled

    @retry_on_conflict
    def _disable(self, kind: Kind, account_id: str) -> bool:
        """Whether the account, or the row of its subject, was enabled: either may be older than the other."""
        before = self._records.catalog.get(kind, account_id)
        by_record, stored = subject_of(before) if before else None, self._subjects.get(ulid_of(account_id))
        if before is None or by_record is None:
            return False
        unit = self._records.units.begin(STACK_ADMIN, account_id, self._now())
        if by_record.enabled:
            content = replace(before.content, enabled=False)
            after = replace(before, content=content, updated_at=unit.now, revision=before.revision + 1)
            self._records.update(unit, before, after)
        elif stored is not None and stored.enabled:
            unit.write(self._subjects.put_step(by_record))
        else:
            return False
        unit.commit()
        return True
