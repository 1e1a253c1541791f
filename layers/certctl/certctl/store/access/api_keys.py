"""API keys: a catalog row for people and a credential row for authentication, written together."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from certctl.domain.access.api_keys import ApiKey, Credential
from certctl.domain.access.permissions import Role
from certctl.domain.access.subjects import Subject, is_break_glass
from certctl.domain.catalog.record_kinds import Kind, account_kind
from certctl.domain.errors import Conflict, DomainError
from certctl.store.access.items import ApiKeyItem, CredentialItem
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.items import ReferenceItem
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.keys import API_KEY, FIRST_ADMIN, references_to, referrer
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, check, delete, put, update

LAST_USED_PRECISION = timedelta(hours=1)
_PAGE = 100
_AFTER_ALL_IDS = "~"


class ApiKeyStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._subjects = SubjectStore(database)

    def create_steps(self, key: ApiKey) -> list[Write]:
        """Refused with Conflict if the same key text is in use."""
        taken = Conflict("This API key already exists.")
        lists: dict[str, Any] = {
            "makers": key.makers or None,
            "actions": key.actions or None,
            "names": key.names or None,
        }
        record = to_item(ApiKeyItem, key, kind=API_KEY, children=key.children or None, **lists)
        credential = to_item(CredentialItem, key, key_id=key.id, subject_ulid=key.subject_ulid, **lists)
        return [
            put(record, ApiKeyItem.id.does_not_exist(), taken),
            put(credential, CredentialItem.key_hash.does_not_exist(), taken),
            *(put(row) for row in _references(key)),
        ]

    def claim_first_admin_step(self, key: ApiKey, previous: str | None) -> Write:
        """At most one of any number of concurrent minters succeeds. `previous` is the claim to replace."""
        claim = StateItem(FIRST_ADMIN, FIRST_ADMIN, body=key.id)
        as_seen = StateItem.id.does_not_exist() if previous is None else StateItem.body == previous
        return put(claim, as_seen, Conflict("An administrator's key exists."))

    def first_admin(self) -> str | None:
        """The id of the key that was minted first, live or not."""
        item = self._database.get(StateItem, FIRST_ADMIN, FIRST_ADMIN, consistent=True)
        return item.body if item else None

    def has_live_admin(self, now: datetime) -> bool:
        """Reads keys, newest first, and the subjects of those that may be an administrator's, up to the first
        page with one that works; the break-glass key is none."""
        before: str | None = _AFTER_ALL_IDS
        while before:
            keys, before = self.page(before, _PAGE)
            live = [key for key in keys if key.role in (Role.ADMIN, None) and key.is_live(now)]
            live = [key for key in live if not is_break_glass(key.subject_id)]
            subjects = self._subjects.get_many([key.subject_ulid for key in live if key.subject_ulid])
            if any(key.is_administrators(subjects.get(key.subject_ulid or "")) for key in live):
                return True
        return False

    def revoke_steps(self, key: ApiKey, now: datetime, leaked_at: datetime | None = None) -> list[Write]:
        """Marks the record as revoked and deletes the credential. Refused with Conflict if another caller did
        so, or the key made another child concurrently."""
        row = ApiKeyItem(API_KEY, key.id)
        leaked = [] if leaked_at is None else [ApiKeyItem.leaked_at.set(leaked_at)]
        return [
            update(row, [ApiKeyItem.revoked_at.set(now), *leaked], _is_live_as_seen(key)),
            delete(CredentialItem(key.key_hash)),
            *(delete(row) for row in _references(key)),
        ]

    def leak_step(self, revoked: ApiKey, now: datetime) -> Write:
        """Marks a revoked key as leaked."""
        row = ApiKeyItem(API_KEY, revoked.id)
        return update(row, [ApiKeyItem.leaked_at.set(now)], ApiKeyItem.revoked_at.exists())

    def adopt_step(self, maker: ApiKey, children: tuple[str, ...]) -> Write:
        """Replaces the list of the maker's children. Refused with Conflict if the maker was revoked, or made
        another child, concurrently."""
        row = ApiKeyItem(API_KEY, maker.id)
        return update(row, [ApiKeyItem.children.set(children)], _is_live_as_seen(maker))

    def forget_steps(self, revoked: ApiKey) -> list[Write]:
        """Deletes what belongs to the record of a key that is already revoked."""
        return [delete(CredentialItem(revoked.key_hash)), *(delete(row) for row in _references(revoked))]

    def missing_references(self, key: ApiKey) -> list[Write]:
        """Lists the key again where it should be listed. One consistent read."""
        return [put(row) for row in _references(key) if not self._has(row)]

    def _has(self, row: ReferenceItem) -> bool:
        return self._database.get(ReferenceItem, row.kind, row.id, consistent=True) is not None

    def discard_steps(self, unused: ApiKey, now: datetime) -> list[Write]:
        """Revokes a key's successor, as `revoke_steps`. Refused with Conflict if it was used concurrently."""
        row = ApiKeyItem(API_KEY, unused.id)
        return [
            update(row, [ApiKeyItem.revoked_at.set(now)], _is_unused(unused)),
            delete(CredentialItem(unused.key_hash)),
            *(delete(row) for row in _references(unused)),
        ]

    def taken_step(self, successor: ApiKey) -> Write:
        """Records the first use; the replaced key is left to `expire_steps`. Refused with Conflict if another
        call recorded it, or the key was discarded."""
        row = ApiKeyItem(API_KEY, successor.id)
        return update(row, [ApiKeyItem.replaces.remove()], _is_unused(successor))

    def give_subject_steps(self, key: ApiKey, subject: Subject) -> list[Write]:
        """Gives a key of an earlier release its subject. Refused with ChangedMeanwhile if it has one, or was
        revoked."""
        live = ApiKeyItem.id.exists() & ApiKeyItem.revoked_at.does_not_exist()
        has_none = CredentialItem.key_hash.exists() & CredentialItem.subject_ulid.does_not_exist()
        return [
            update(
                ApiKeyItem(API_KEY, key.id),
                [ApiKeyItem.subject_id.set(subject.id)],
                live & ApiKeyItem.subject_id.does_not_exist(),
            ),
            update(CredentialItem(key.key_hash), [CredentialItem.subject_ulid.set(subject.ulid)], has_none),
        ]

    def live_step(self, key: ApiKey) -> Write:
        """Refused with Conflict if it was revoked concurrently."""
        live = ApiKeyItem.id.exists() & ApiKeyItem.revoked_at.does_not_exist()
        return check(ApiKeyItem(API_KEY, key.id), live)

    def not_leaked_step(self, key_id: str, refused: DomainError) -> Write:
        """Raises the refusal if the key was reported as leaked. A credential without a record passes."""
        return check(ApiKeyItem(API_KEY, key_id), ApiKeyItem.leaked_at.does_not_exist(), refused)

    def expire_steps(self, key: ApiKey, at: datetime) -> list[Write]:
        """The key expires then. Refused with Conflict if it was revoked concurrently."""
        row, credential = ApiKeyItem(API_KEY, key.id), CredentialItem(key.key_hash)
        live = ApiKeyItem.id.exists() & ApiKeyItem.revoked_at.does_not_exist()
        return [
            update(row, [ApiKeyItem.expires_at.set(at)], live),
            update(credential, [CredentialItem.expires_at.set(at)], CredentialItem.key_hash.exists()),
        ]

    def unrefer_step(self, key: ApiKey) -> Write:
        """Removes an expired key of an agent from the list of the agent's keys."""
        return delete(ReferenceItem(references_to(Kind.AGENT, str(key.agent_id)), referrer(API_KEY, key.id)))

    def get_many(self, key_ids: Sequence[str]) -> list[ApiKey]:
        """The keys that exist, read consistently, at most 100."""
        rows = self._database.batch_get(ApiKeyItem, [(API_KEY, i) for i in key_ids], consistent=True)
        return [to_record(ApiKey, row) for row in rows]

    def get(self, key_id: str) -> ApiKey | None:
        item = self._database.get(ApiKeyItem, API_KEY, key_id, consistent=True)
        return to_record(ApiKey, item) if item else None

    def page(self, before: str | None, limit: int) -> tuple[list[ApiKey], str | None]:
        """Keys with ids below `before`, newest first, and the id to continue from."""
        page = self._database.query(
            ApiKeyItem, API_KEY, ApiKeyItem.id < (before or _AFTER_ALL_IDS), limit=limit, newest_first=True
        )
        keys = [to_record(ApiKey, item) for item in page.items]
        return keys, keys[-1].id if page.last_key else None

    def all(self) -> Iterator[ApiKey]:
        """Every page in turn: for work with a time limit."""
        before = None
        while True:
            keys, before = self.page(before, _PAGE)
            yield from keys
            if before is None:
                return

    def of_account(
        self, kind: Kind, account_id: str, before: str | None, limit: int
    ) -> tuple[list[ApiKey], str | None]:
        """Keys that act for a service account or user and were not revoked, as `page`; at most 100."""
        page = self._database.query(
            ReferenceItem,
            references_to(kind, account_id),
            ReferenceItem.id.between(referrer(API_KEY, ""), referrer(API_KEY, before or _AFTER_ALL_IDS)),
            limit=limit + 1,
            newest_first=True,
            consistent=True,
        )
        ids = [item.id.partition("#")[2] for item in page.items]
        ids = [key_id for key_id in ids if key_id != before]
        found = {key.id: key for key in self.get_many(ids[:limit])}
        keys = [found[key_id] for key_id in ids[:limit] if key_id in found]
        more = page.last_key is not None or len(ids) > limit
        return keys, ids[:limit][-1] if more and ids else None

    def made_since(self, after: str, limit: int) -> tuple[list[ApiKey], str | None]:
        """Keys with ids above `after`, oldest first, read consistently, and the id to continue from."""
        page = self._database.query(ApiKeyItem, API_KEY, ApiKeyItem.id > after, limit=limit, consistent=True)
        keys = [to_record(ApiKey, item) for item in page.items]
        return keys, keys[-1].id if page.last_key else None

    def find_credential(self, key_hash: str) -> Credential | None:
        """One consistent read."""
        item = self._database.get(CredentialItem, key_hash, consistent=True)
        return to_record(Credential, item) if item else None

    def note_use(self, key_id: str, now: datetime) -> None:
        """Sets `last_used_at` unless it is younger than an hour, or the key is gone."""
        stale = ApiKeyItem.last_used_at.does_not_exist() | (
            ApiKeyItem.last_used_at < now - LAST_USED_PRECISION
        )
        row = ApiKeyItem(API_KEY, key_id)
        try:
            self._database.write(
                update(row, [ApiKeyItem.last_used_at.set(now)], ApiKeyItem.id.exists() & stale)
            )
        except ConditionFailed:
            return


def _is_unused(successor: ApiKey) -> Condition:
    unrevoked: Condition = ApiKeyItem.revoked_at.does_not_exist()
    as_seen: Condition = unrevoked & (ApiKeyItem.replaces == successor.replaces)
    return as_seen


def _is_live_as_seen(key: ApiKey) -> Condition:
    live: Condition = ApiKeyItem.id.exists() & ApiKeyItem.revoked_at.does_not_exist()
    same = ApiKeyItem.children == key.children if key.children else ApiKeyItem.children.does_not_exist()
    as_seen: Condition = live & same
    return as_seen


def _references(key: ApiKey) -> list[ReferenceItem]:
    """Lists the key with the agent, service account or user that it acts for, and ends it with that."""
    place = _acts_for(key)
    return [ReferenceItem(references_to(*place), referrer(API_KEY, key.id))] if place else []


def _acts_for(key: ApiKey) -> tuple[Kind, str] | None:
    if key.agent_id is not None:
        return Kind.AGENT, key.agent_id
    kind = account_kind(key.subject_id) if key.subject_id else None
    return (kind, str(key.subject_id)) if kind else None
