"""CA certificates and the records of their CRL shards (docs/revocation.md#the-cas-of-a-stack)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256

from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict
from certctl.store.authorities.items import AuthorityItem, CrlShardItem
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.keys import (
    ACTIVE_AUTHORITY,
    AUTHORITY,
    AUTHORITY_KEY,
    PENDING_AUTHORITY,
    RETIRED_AUTHORITY,
    crl_shards,
)
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, check, put, update

_PAGE = 100


class AuthorityStore:
    """Few, small rows, read consistently: a handful of CAs, tens of shards each. Retired ones have rows of
    another kind, which no list reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_root_steps(self, root: Authority, shards: Sequence[CrlShard]) -> list[Write]:
        """A further root, its shards, and the claims that make it the only one with its key and its name, for
        ever. Refused with Conflict if there is, or was, one."""
        named = Conflict("A root of this name was made already: each needs a name of its own.")
        return [
            put(_name_of(root), StateItem.id.does_not_exist(), named),
            *self._record_steps(root, shards, Conflict(f"{root.ca_id} exists.")),
        ]

    def create_steps(self, authority: Authority, shards: Sequence[CrlShard]) -> list[Write]:
        """The CA, its shards, and the claims that make it the only active (or pending) one of its issuer and
        role, and the only one with its key. Refused with Conflict if there is one."""
        what = f"{authority.state} {authority.role} CA"
        exists = Conflict(f"{authority.issuer_id} has one {what} already.")
        return [
            put(claim_of(authority), StateItem.id.does_not_exist(), exists),
            *self._record_steps(authority, shards, exists),
        ]

    def _record_steps(
        self, authority: Authority, shards: Sequence[CrlShard], exists: Conflict
    ) -> list[Write]:
        taken = Conflict(f"A CA has the key {authority.key_arn} already, or had it: bring a new one.")
        item = to_item(AuthorityItem, authority, kind=AUTHORITY, id=authority.ca_id)
        return [
            put(_key_of(authority), StateItem.id.does_not_exist(), taken),
            put(item, AuthorityItem.id.does_not_exist(), exists),
            *(put(_shard_item(shard), CrlShardItem.id.does_not_exist(), exists) for shard in shards),
        ]

    def keep_until_steps(self, authority: Authority, leaf_ends: datetime) -> list[Write]:
        """Written with the reservation of a leaf: how long its CA is needed. Rarely necessary."""
        until = authority.leaves_until_for(leaf_ends)
        if until is None:
            return []
        as_seen = AuthorityItem.leaves_until == authority.leaves_until
        refused = Conflict(f"Another leaf of {authority.ca_id} was reserved concurrently.")
        key = AuthorityItem(AUTHORITY, authority.ca_id)
        return [update(key, [AuthorityItem.leaves_until.set(until)], as_seen, refused)]

    def get(self, ca_id: str) -> Authority | None:
        item = self._database.get(AuthorityItem, AUTHORITY, ca_id, consistent=True)
        return _authority(item) if item else None

    def all(self) -> list[Authority]:
        page = self._database.query(AuthorityItem, AUTHORITY, limit=_PAGE, consistent=True)
        return [_authority(item) for item in page.items]

    def retired(self) -> list[Authority]:
        """The first 100 by id."""
        page = self._database.query(AuthorityItem, RETIRED_AUTHORITY, limit=_PAGE)
        return [_authority(item) for item in page.items]

    def get_retired(self, ca_id: str) -> Authority | None:
        item = self._database.get(AuthorityItem, RETIRED_AUTHORITY, ca_id)
        return _authority(item) if item else None

    def active_issuing(self, issuer_id: str) -> Authority | None:
        """The one that signs new leaves."""
        return next((a for a in self.all() if a.issuer_id == issuer_id and a.signs_leaves), None)

    def with_leaves(self, issuer_id: str) -> list[Authority]:
        """The issuer's CAs that may have unexpired leaves: the active one, then those that it replaced."""
        states = (AuthorityState.ACTIVE, AuthorityState.RETIRING)
        found = [
            a for a in self.all() if a.issuer_id == issuer_id and a.role == "issuing" and a.state in states
        ]
        return sorted(found, key=lambda a: (states.index(a.state), a.ca_id))

    def shards(self, ca_id: str) -> list[CrlShard]:
        """The numbered ones and `all`, unordered: 129 at most, in two pages."""
        kind, found = crl_shards(ca_id), list[CrlShard]()
        page = self._database.query(CrlShardItem, kind, limit=_PAGE, consistent=True)
        while True:
            found += [to_record(CrlShard, item) for item in page.items]
            if page.last_key is None:
                return found
            page = self._database.query(CrlShardItem, kind, limit=_PAGE, start=page.last_key, consistent=True)

    def numbered_shards(self, ca_id: str) -> list[CrlShard]:
        """The shards whose CRLs are made of revocations: all but `all`."""
        return [shard for shard in self.shards(ca_id) if shard.is_numbered]

    def shard(self, ca_id: str, shard: str) -> CrlShard | None:
        item = self._database.get(CrlShardItem, crl_shards(ca_id), shard, consistent=True)
        return to_record(CrlShard, item) if item else None

    def add_shards(self, shards: Sequence[CrlShard]) -> None:
        """Adds the shards that do not exist yet."""
        for shard in shards:
            with suppress(ConditionFailed):
                self._database.write(put(_shard_item(shard), CrlShardItem.id.does_not_exist()))

    def open_shards(self, shards: Sequence[CrlShard]) -> None:
        """Opens the shards, at most 100: leaves name them from now on. Raises Conflict, and opens none,
        unless a CRL of each was published: a leaf must never name a CRL that does not exist."""
        self._database.transact(self.open_steps(shards))

    def open_steps(self, shards: Sequence[CrlShard]) -> list[Write]:
        """The writes of `open_shards`, for a transaction that has others too."""
        return [_open_step(shard) for shard in shards]

    def joining_step(self, complete: CrlShard, count: int) -> Write:
        """Refused with Conflict unless the published CRL of a complete shard joins that many others."""
        refused = Conflict(f"CRL {complete.shard} of {complete.ca_id} does not join {count} others yet.")
        return check(_shard_key(complete), CrlShardItem.joins >= count, refused)

    def announce(self, shard: CrlShard, number: int) -> None:
        """Announces a CRL number before the upload: it is then this publisher's alone. Raises Conflict if one
        as high was announced."""
        lower = CrlShardItem.announced.does_not_exist() | (CrlShardItem.announced < number)
        refused = Conflict(f"CRL {number} of shard {shard.shard} of {shard.ca_id} is another publisher's.")
        announced, is_free = CrlShardItem.announced.set(number), CrlShardItem.id.exists() & lower
        self._database.write_or_refuse(update(_shard_key(shard), [announced], is_free, refused))

    def advance_shard(self, after: CrlShard, previous: CrlShard) -> None:
        """Records a published CRL. Raises Conflict if the number is no longer that of `previous`."""
        times = (
            (CrlShardItem.this_update, after.this_update),
            (CrlShardItem.next_update, after.next_update),
            (CrlShardItem.published_at, after.published_at),
        )
        actions = [
            CrlShardItem.crl_number.set(after.crl_number),
            CrlShardItem.etag.set(after.etag),
            CrlShardItem.changes.set(after.changes),
            CrlShardItem.joins.set(after.joins),
            CrlShardItem.joined_changes.set(after.joined_changes),
            *([CrlShardItem.entries.set(after.entries)] if after.entries is not None else []),
            *(attribute.set(moment) for attribute, moment in times if moment),
        ]
        as_seen = CrlShardItem.crl_number == previous.crl_number
        refused = Conflict(f"CRL shard {after.shard} of {after.ca_id} was published by another publisher.")
        self._database.write_or_refuse(update(_shard_key(after), actions, as_seen, refused))


def _open_step(shard: CrlShard) -> Write:
    published = (CrlShardItem.crl_number > 0) & (CrlShardItem.url == shard.url)
    refused = Conflict(f"CRL shard {shard.shard} of {shard.ca_id} is not published yet.")
    return update(_shard_key(shard), [CrlShardItem.open.set(True)], published, refused)


def claim_of(authority: Authority) -> StateItem:
    """The claim that makes a CA the only one of its issuer and role in its state."""
    kind = PENDING_AUTHORITY if authority.state is AuthorityState.PENDING else ACTIVE_AUTHORITY
    return StateItem(kind, f"{authority.role}#{authority.issuer_id}", body=authority.ca_id)


def _key_of(authority: Authority) -> StateItem:
    return StateItem(AUTHORITY_KEY, authority.subject_key_identifier, body=authority.ca_id)


def _name_of(root: Authority) -> StateItem:
    """The claim of a further root's name: verifiers find a CA by its name first."""
    from certctl.crypto.pem import load_certificate  # a quarter of the time in which a read starts

    subject = load_certificate(root.certificate_pem).subject.public_bytes()
    return StateItem(ACTIVE_AUTHORITY, f"root#{sha256(subject).hexdigest()}", body=root.ca_id)


def _authority(item: AuthorityItem) -> Authority:
    return to_record(Authority, item, ca_id=item.id)


def _shard_key(shard: CrlShard) -> CrlShardItem:
    return CrlShardItem(crl_shards(shard.ca_id), shard.shard)


def _shard_item(shard: CrlShard) -> CrlShardItem:
    return to_item(CrlShardItem, shard, kind=crl_shards(shard.ca_id), id=shard.shard)
