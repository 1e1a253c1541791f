"""Revocation of an issuing CA: its root's CRL lists it, so that nothing below it is trusted any more."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from certctl.crypto.authorities.facts import facts_of
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, CrlShard
from certctl.domain.authorities.revoked_cas import (
    CaRevocationRequest,
    ca_revoked_alert,
    reason_after,
    require_ca_reason,
    revokes_all_after,
)
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE, Revocation
from certctl.domain.times import to_wire_or_none
from certctl.services.authorities.roots.publication import RootPublication
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.store.writes import Write
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class RevokedCa:
    """`revoker` is the subject of the CA above it. `crl` is the root's CRL that lists it, None if its root is
    not this stack's: then `revoker` has to revoke it."""

    authority: Authority
    serial_number: str
    revoker: str
    crl: CrlShard | None


@dataclass(frozen=True)
class _Below:
    """A CA that is to be revoked; with the stack's root if it is below that, and its row among the root's
    revocations."""

    authority: Authority
    serial: str
    root: Authority | None
    stored: Revocation | None

    @property
    def revoked_at(self) -> datetime | None:
        """After a restore the row may know more than the record of the CA."""
        return self.stored.revoked_at if self.stored else self.authority.revoked_at

    @property
    def reason(self) -> str | None:
        return self.stored.reason if self.stored else self.authority.revocation_reason


@dataclass(frozen=True, kw_only=True)
class CaRevocation:
    units: Units
    authorities: AuthorityStore
    revocations: RevocationStore
    crl_changes: CrlChangeStore
    roots: RootPublication
    routing: AlertRouting
    actor: Actor
    now: Callable[[], datetime]

    @cached_property
    def _changes(self) -> AuthorityChanges:
        return AuthorityChanges(self.units.database)

    def revoke(self, wanted: CaRevocationRequest) -> RevokedCa:
        """Revokes a CA, which issues nothing from then on, and goes on publishing its CRLs. Repeat it if
        publishing fails: it writes only what is missing. The reason of a revoked CA may only become
        caCompromise. Raises NotFound, Conflict, InvalidInput, Unavailable."""
        require_ca_reason(wanted.reason)
        revoked = self._stored(wanted)
        facts = facts_of(revoked.certificate_pem)
        return RevokedCa(revoked, facts.serial_number, facts.issuer, self._published(revoked))

    def _published(self, revoked: Authority) -> CrlShard | None:
        """The CRL of its root; the CRL of an external root is that one's to publish."""
        if revoked.parent_id is None:
            self.roots.publish_bundle()
            return None
        return self.roots.publish(revoked.parent_id)

    @retry_on_conflict
    def _stored(self, wanted: CaRevocationRequest) -> Authority:
        """One transaction."""
        below, now = self._below(wanted), self.now()
        before = below.authority
        revoked = replace(
            before,
            revoked_at=below.revoked_at or now.replace(microsecond=0),
            revocation_reason=reason_after(before, below.reason, wanted.reason),
            state=AuthorityState.RETIRING if before.state is AuthorityState.ACTIVE else before.state,
            ocsp_revokes_all=revokes_all_after(before, wanted),
        )
        steps = self._mark_steps(below, revoked, wanted.ticket)
        if revoked == before and not steps:
            return revoked
        unit = self.units.begin(self.actor, before.ca_id, now)
        unit.write(*steps, *self._changes.revoke_steps(before, revoked))
        unit.event("ca_revoked", authority_resource(before.ca_id), _details(below, revoked, wanted.ticket))
        revoker = facts_of(before.certificate_pem).issuer
        unit.alert(ca_revoked_alert(revoked, revoker), self.routing.stack_facts())
        unit.commit()
        return revoked

    def _below(self, wanted: CaRevocationRequest) -> _Below:
        ca_id = wanted.ca_id
        authority = self.authorities.get(ca_id) or self.authorities.get_retired(ca_id)
        if authority is None:
            raise NotFound(f"There is no CA {ca_id}.")
        if authority.role == "root":
            raise Conflict(f"{ca_id} is a root: no CRL lists a root. Have it removed where it is trusted.")
        serial = facts_of(authority.certificate_pem).serial_number
        if wanted.confirm != serial:
            raise InvalidInput.of("confirm", f"must be {serial}, the serial number of {ca_id}")
        _require_no_more_leaves(authority, wanted)
        root = self.authorities.get(authority.parent_id) if authority.parent_id else None
        stored = self.revocations.find(root.ca_id, FIRST_SHARD, serial) if root else None
        return _Below(authority, serial, root, stored)

    def _mark_steps(self, below: _Below, revoked: Authority, ticket: str | None) -> list[Write]:
        """The CA's row among the root's revocations, and what makes the root's CRL due; no write if the row
        is there."""
        if below.root is None:
            return []
        bump = self.crl_changes.bump_step(below.root.ca_id, FIRST_SHARD, below.serial)
        if below.stored is None:
            mark = replace(self._new_mark(below, below.root, revoked), ticket=ticket)
            return [self.revocations.add_step(mark), bump]
        reason = revoked.revocation_reason or below.stored.reason
        if reason == below.stored.reason:
            return []
        mark = replace(below.stored, reason=reason, ticket=ticket or below.stored.ticket)
        return [self.revocations.replace_step(mark, below.stored), bump]

    def _new_mark(self, below: _Below, root: Authority, revoked: Authority) -> Revocation:
        now = self.now()
        return Revocation(
            id=new_id("rev", now),
            ca_id=root.ca_id,
            crl_shard=int(FIRST_SHARD),
            serial_number=below.serial,
            certificate_id=UNKNOWN_CERTIFICATE,
            issuer_id=root.issuer_id,
            reason=revoked.revocation_reason or "unspecified",
            revoked_by=self.actor.id,
            revoked_at=revoked.revoked_at or now.replace(microsecond=0),
            not_after=revoked.not_after,
            receipt=Receipt(due_at=now),
        )


def _require_no_more_leaves(authority: Authority, wanted: CaRevocationRequest) -> None:
    """Raises Conflict."""
    if authority.state is AuthorityState.ACTIVE and not wanted.force:
        raise Conflict(
            f"{authority.issuer_id} issues from {authority.ca_id}: rotate it first, so that its certificates "
            "can be replaced. With force it is revoked at once, and nothing is issued until rotate has made "
            "another CA."
        )
    if authority.state is AuthorityState.PENDING:
        raise Conflict(f"{authority.ca_id} is begun: finish the rotation with its key, and rotate it again.")


def _details(below: _Below, revoked: Authority, ticket: str | None) -> dict[str, object]:
    asked = {"ticket": ticket} if ticket else {}
    return {
        "serial_number": below.serial,
        "before": _view(below.authority),
        "after": _view(revoked),
        **asked,
    }


def _view(authority: Authority) -> dict[str, str | bool | None]:
    return {
        "state": authority.state.value,
        "revoked_at": to_wire_or_none(authority.revoked_at),
        "revocation_reason": authority.revocation_reason,
        "ocsp_revoked_for_all": bool(authority.ocsp_revokes_all),
    }
