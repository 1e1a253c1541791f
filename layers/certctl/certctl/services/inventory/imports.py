"""Imports: certificates that somebody sends, in numbered chunks that can be sent again."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from certctl.crypto.inventory.bundles import bundled
from certctl.crypto.inventory.facts import Unreadable, parse
from certctl.crypto.inventory.reading import PrivateKeyFound, der_of_base64, der_of_pem, refuse_keys
from certctl.domain.access.permissions import ALL_TEAMS, Permission
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.defaults import DEFAULT_TEAM
from certctl.domain.errors import Conflict, FieldProblem, InvalidInput, NotFound, TooManyRequests
from certctl.domain.ids import new_id
from certctl.domain.inventory.imports import (
    CHUNK_CERTIFICATES,
    ROWS_A_SECOND,
    Chunk,
    Import,
    Progress,
    Refusal,
)
from certctl.domain.inventory.observed import MAX_CHAIN, ParsedCertificate, Sighting
from certctl.domain.inventory.places import Place, parse_place
from certctl.domain.inventory.scopes import MAX_SCOPES, MAX_UPLOADED_PLACES, Scope
from certctl.domain.inventory.sources import Source, SourceKind
from certctl.domain.inventory.texts import harmless
from certctl.store.database import Database
from certctl.store.inventory.census import CensusStore
from certctl.store.inventory.imports import ImportStore
from certctl.store.inventory.scopes import ScopeStore, SourceStore
from certctl.store.paging import load
from certctl.unit_of_work.inventory.place_changes import PlaceChange
from certctl.unit_of_work.inventory.recording import Recorder
from certctl.unit_of_work.retry import retry_on_conflict

_KEY_REFUSED = (
    "a private key, or a keystore that may hold one: nothing of this chunk was kept. Send certificates only"
)
_SHOWN_PLACE = 200


@dataclass(frozen=True)
class Sent:
    """A certificate as it was sent: in PEM, or in DER as base64; the chain in either form. Or a PKCS #7 file
    in PEM or base64, which has its chains."""

    place: str
    pem: str | None = None
    der: str | None = None
    chain: tuple[str, ...] = ()
    renewed_by: str | None = None
    pkcs7: str | None = None


@dataclass(frozen=True)
class _Read:
    place: Place
    leaf: ParsedCertificate
    chain: tuple[ParsedCertificate, ...]
    renewed_by: str | None


@dataclass(frozen=True)
class Imports:
    database: Database
    store: ImportStore
    scopes: ScopeStore
    sources: SourceStore
    recorder: Recorder
    census: CensusStore
    now: Callable[[], datetime]

    def begin(self, caller: Principal, name: str, team_id: str | None) -> Import:
        """An import into the scope of its team and name: what was imported under this name before is known.
        Raises NotFound for a team that the caller does not reach, InvalidInput."""
        _refuse_key_as_name(name)
        team, now = team_id or _team_of(caller), self.now()
        caller.require_reach(Permission.INVENTORY_WRITE, team, f"team {team}")
        scope = self._scope(team, harmless(name, _SHOWN_PLACE), now)
        made = Import(new_id("imp", now), scope.label, scope.id, team, caller.maker_id, now)
        self.database.write(self.store.create_step(made))
        return made

    def take(self, caller: Principal, import_id: str, number: int, sent: Sequence[Sent]) -> Chunk:
        """Raises NotFound, Conflict after the completion, InvalidInput for a private key, and TooManyRequests
        if this second has had its rows."""
        record = self._own(caller, import_id, Permission.INVENTORY_WRITE)
        sha256 = hashlib.sha256(repr(sent).encode()).hexdigest()
        taken = self.store.chunk(import_id, number)
        if taken is not None and taken.sha256 == sha256:
            return taken
        if record.is_complete:
            raise Conflict("The import is complete: begin another one.")
        read, refused = _read_all(sent)
        chunk = replace(self._record(record, read, self.now()), number=number, sha256=sha256, refused=refused)
        self.store.put_chunk(record, chunk)
        return chunk

    def complete(self, caller: Principal, import_id: str) -> Progress:
        """Ends an import, and asks for a count of the inventory. Raises NotFound."""
        record, now = self._own(caller, import_id, Permission.INVENTORY_WRITE), self.now()
        progress = self.progress(caller, import_id)
        if not record.is_complete:
            self._count(record, now)
            self.store.complete(record, now)
            self.census.want(now)
        return replace(progress, record=replace(record, completed_at=record.completed_at or now))

    def progress(self, caller: Principal, import_id: str) -> Progress:
        """Raises NotFound."""
        return Progress(self._own(caller, import_id, Permission.INVENTORY_READ), self.store.chunks(import_id))

    def _own(self, caller: Principal, import_id: str, permission: Permission) -> Import:
        record = self.store.get(import_id)
        if record is None:
            raise NotFound(f"There is no import {import_id}.")
        caller.require_reach(permission, record.team_id, f"import {import_id}")
        return record

    @retry_on_conflict
    def _scope(self, team_id: str, label: str, now: datetime) -> Scope:
        source_id = f"src-upload-{team_id}"
        digest = hashlib.sha256(f"{team_id}\n{label}".encode()).hexdigest()[:24]
        scope = Scope(f"sc-upload-{digest}", source_id, team_id, label, now)
        known = self.scopes.get(scope.id)
        if known is not None:
            return known
        source = self.sources.get(source_id)
        if source is None:
            made = Source(source_id, SourceKind.UPLOAD, f"Uploads of {team_id}", team_id, now, (scope.id,))
            in_source = self.sources.create_step(made)
        elif len(source.scope_ids) >= MAX_SCOPES:
            raise InvalidInput.of("name", f"a team has uploads under at most {MAX_SCOPES} names")
        else:
            in_source = self.sources.scopes_step(source, (*source.scope_ids, scope.id))
        self.scopes.create([scope], in_source)
        return scope

    @retry_on_conflict
    def _record(self, record: Import, read: Sequence[_Read], now: datetime) -> Chunk:
        """Writes the difference to what the scope has at these places."""
        by_place = {each.place.key: each for each in read}
        places = [(record.scope_id, key) for key in by_place]
        read_many = partial(self.recorder.sightings.get_many, consistent=True)
        stored = {each.place.key: each for each in load(places, read_many)}
        changes = [
            PlaceChange(stored.get(key), _sighting(record, each, now))
            for key, each in by_place.items()
            if not _is_same(stored.get(key), each)
        ]
        self._require_pace(len(changes), now)
        changed = [by_place[change.after.place.key] for change in changes]
        parsed = {one.fingerprint: one for each in changed for one in (each.leaf, *each.chain)}
        before = {change.before.fingerprint for change in changes if change.before is not None}
        known = self.recorder.known(parsed.keys() | before)
        new = self.recorder.record(changes, known, parsed, record.team_id, now)
        return Chunk(0, "", len(changes), len(by_place) - len(changes), new)

    def _require_pace(self, rows: int, now: datetime) -> None:
        """Raises TooManyRequests."""
        if rows and not self.store.is_within_pace(rows, now):
            raise TooManyRequests(f"Imports write {ROWS_A_SECOND} certificates a second.", retry_after=1)

    @retry_on_conflict
    def _count(self, record: Import, now: datetime) -> None:
        scope = self.scopes.get(record.scope_id)
        if scope is not None:
            added = sum(each.added for each in self.store.chunks(record.id))
            places = min(scope.places + added, MAX_UPLOADED_PLACES)
            self.scopes.save(scope, replace(scope.reported(now), places=places))


def _refuse_key_as_name(name: str) -> None:
    try:
        refuse_keys(name)
    except PrivateKeyFound:
        raise InvalidInput.of("name", "a private key") from None


def _team_of(caller: Principal) -> str:
    teams = caller.teams_of(Permission.INVENTORY_WRITE)
    return DEFAULT_TEAM if ALL_TEAMS in teams or not teams else teams[0]


def _sighting(record: Import, read: _Read, now: datetime) -> Sighting:
    chain = tuple(each.fingerprint for each in read.chain)
    return Sighting(
        record.scope_id, read.place, read.leaf.fingerprint, record.team_id, now, chain, read.renewed_by
    )


def _is_same(sighting: Sighting | None, read: _Read) -> bool:
    if sighting is None or sighting.ended_at is not None:
        return False
    chain = tuple(each.fingerprint for each in read.chain)
    has = (sighting.fingerprint, sighting.chain, sighting.renewed_by)
    return has == (read.leaf.fingerprint, chain, read.renewed_by)


def _read_all(sent: Sequence[Sent]) -> tuple[list[_Read], tuple[Refusal, ...]]:
    """Raises InvalidInput if any text has a private key."""
    read, refused, keys = list[_Read](), list[Refusal](), list[FieldProblem]()
    for index, each in enumerate(sent):
        try:
            read += _read(each)
        except PrivateKeyFound:
            keys.append(FieldProblem(f"certificates.{index}", _KEY_REFUSED))
        except Unreadable as error:
            refused.append(Refusal(index, harmless(each.place, _SHOWN_PLACE), str(error)))
        except InvalidInput as error:
            refused.append(Refusal(index, harmless(each.place, _SHOWN_PLACE), error.reasons))
    if keys:
        raise InvalidInput("The import was refused.", keys)
    if len(read) > CHUNK_CERTIFICATES:
        raise InvalidInput.of("certificates", f"a chunk has at most {CHUNK_CERTIFICATES} certificates")
    return read, tuple(refused)


def _read(sent: Sent) -> list[_Read]:
    """One certificate, or those of a PKCS #7 file: if they are several, each at a place of its own."""
    refuse_keys(sent.place)
    if [sent.pem, sent.der, sent.pkcs7].count(None) != 2:
        raise Unreadable("one of `pem`, `der` and `pkcs7`")
    if len(sent.chain) > MAX_CHAIN:
        raise Unreadable(f"a chain has at most {MAX_CHAIN} certificates")
    if sent.pkcs7 is None:
        return [_parsed(sent, sent.place, list(_ders(sent)))]
    if sent.chain:
        raise Unreadable("a PKCS #7 file has its chains")
    found = bundled(sent.pkcs7)
    places = [f"{sent.place}#{n}" for n in range(1, len(found) + 1)] if len(found) > 1 else [sent.place]
    return [_parsed(sent, at, [each.der, *each.chain]) for at, each in zip(places, found, strict=True)]


def _parsed(sent: Sent, place: str, ders: Sequence[bytes]) -> _Read:
    leaf, *chain = map(parse, ders)
    renewed_by = harmless(sent.renewed_by, 40) if sent.renewed_by else None
    return _Read(parse_place(place), leaf, tuple(chain), renewed_by)


def _ders(sent: Sent) -> Iterator[bytes]:
    yield der_of_pem(sent.pem) if sent.pem is not None else der_of_base64(sent.der or "")
    for text in sent.chain:
        yield der_of_pem(text) if "-----BEGIN" in text else der_of_base64(text)
