"""Revocation of an issuing CA: the root's CRL lists it, so that nothing below it is trusted any more."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.crypto.authorities.facts import facts_of
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, AuthorityState, CrlShard
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.revocations import (
    HOLD,
    KEY_COMPROMISE,
    REASON_CODES,
    UNKNOWN_CERTIFICATE,
    Revocation,
)
from certctl.domain.times import to_wire_or_none
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.store.writes import Write
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.unit import Units

CA_COMPROMISE = "caCompromise"
CA_REASONS = tuple(reason for reason in REASON_CODES if reason not in (HOLD, KEY_COMPROMISE))
"""Of a CA RFC 5280 says cACompromise where it says keyCompromise of others, and a CA does not come back."""


@dataclass(frozen=True)
class RevokedCa:
    """`crl` is the root's CRL that lists the CA."""

    authority: Authority
    serial_number: str
    crl: CrlShard


@dataclass(frozen=True)
class _Below:
    """An issuing CA below the stack's root, and its row among the root's revocations."""

    authority: Authority
    root: Authority
    serial: str
    stored: Revocation | None


class CaRevocation:
    """`publish` publishes the root's CRL and the bundle of CA certificates."""

    def __init__(
        self,
        *,
        units: Units,
        authorities: AuthorityStore,
        revocations: RevocationStore,
        crl_changes: CrlChangeStore,
        publish: Callable[[], CrlShard],
        actor: Actor,
        now: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._authorities = authorities
        self._changes = AuthorityChanges(units.database)
        self._revocations = revocations
        self._crl_changes = crl_changes
        self._publish = publish
        self._actor = actor
        self._now = now

    def revoke(self, ca_id: str, reason: str) -> RevokedCa:
        """Of a CA that no longer issues. Repeat it if publishing fails: it writes only what is missing. The
        reason of a revoked CA may only become caCompromise. Raises NotFound, Conflict, InvalidInput,
        Unavailable."""
        if reason not in CA_REASONS:
            raise InvalidInput.of("reason", f"must be one of {', '.join(CA_REASONS)}")
        revoked = self._stored(ca_id, reason)
        return RevokedCa(revoked, facts_of(revoked.certificate_pem).serial_number, self._publish())

    @retry_on_conflict
    def _stored(self, ca_id: str, reason: str) -> Authority:
        below = self._below(ca_id)
        mark = self._mark(below, reason)
        revoked = replace(below.authority, revoked_at=mark.revoked_at, revocation_reason=mark.reason)
        if revoked == below.authority and mark == below.stored:
            return revoked
        unit = self._units.begin(self._actor, ca_id, self._now())
        unit.write(
            *_mark_steps(self._revocations, mark, below.stored),
            self._crl_changes.bump_step(below.root.ca_id, FIRST_SHARD, below.serial),
            self._changes.revoke_step(below.authority, mark.revoked_at, mark.reason),
        )
        unit.event("ca_revoked", authority_resource(ca_id), _details(below, revoked))
        unit.commit()
        return revoked

    def _below(self, ca_id: str) -> _Below:
        authority = self._authorities.get(ca_id) or self._authorities.get_retired(ca_id)
        if authority is None:
            raise NotFound(f"There is no CA {ca_id}.")
        root = self._root_of(authority)
        _require_no_more_leaves(authority)
        serial = facts_of(authority.certificate_pem).serial_number
        return _Below(authority, root, serial, self._revocations.find(root.ca_id, FIRST_SHARD, serial))

    def _root_of(self, authority: Authority) -> Authority:
        if authority.role == "root":
            raise Conflict(
                f"{authority.ca_id} is the root: no CRL lists a root. Have it removed where it is trusted."
            )
        root = self._authorities.get(authority.parent_id) if authority.parent_id else None
        if root is None:
            raise Conflict(f"{authority.ca_id} is below a root of your own: revoke it there.")
        return root

    def _mark(self, below: _Below, reason: str) -> Revocation:
        """The stored row, with a stronger reason if that is given. Raises Conflict for any other reason."""
        stored = below.stored
        if stored is None:
            return self._new_mark(below, reason)
        if reason not in (stored.reason, CA_COMPROMISE):
            raise Conflict(f"{below.authority.ca_id} is revoked already, for {stored.reason}.")
        return replace(stored, reason=reason)

    def _new_mark(self, below: _Below, reason: str) -> Revocation:
        now = self._now()
        return Revocation(
            id=new_id("rev", now),
            ca_id=below.root.ca_id,
            crl_shard=int(FIRST_SHARD),
            serial_number=below.serial,
            certificate_id=UNKNOWN_CERTIFICATE,
            issuer_id=below.root.issuer_id,
            reason=reason,
            revoked_by=self._actor.id,
            revoked_at=now.replace(microsecond=0),
            not_after=below.authority.not_after,
            receipt=Receipt(due_at=now),
        )


def _require_no_more_leaves(authority: Authority) -> None:
    if authority.state is AuthorityState.ACTIVE:
        raise Conflict(
            f"{authority.issuer_id} issues from {authority.ca_id}: rotate it first, so that its certificates "
            "can be replaced."
        )
    if authority.state is AuthorityState.PENDING:
        raise Conflict(f"{authority.ca_id} is begun: finish the rotation with its key, and rotate it again.")


def _mark_steps(revocations: RevocationStore, mark: Revocation, stored: Revocation | None) -> list[Write]:
    if stored is None:
        return [revocations.add_step(mark)]
    return [revocations.replace_step(mark, stored)] if mark != stored else []


def _details(below: _Below, revoked: Authority) -> dict[str, object]:
    before = below.authority
    return {
        "serial_number": below.serial,
        "before": {
            "revoked_at": to_wire_or_none(before.revoked_at),
            "revocation_reason": before.revocation_reason,
        },
        "after": {
            "revoked_at": to_wire_or_none(revoked.revoked_at),
            "revocation_reason": revoked.revocation_reason,
        },
    }
