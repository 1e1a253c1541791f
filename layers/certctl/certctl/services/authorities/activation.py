"""From a CA's certificate to its first leaf: everything that the leaf will name is published first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.connectors.pki_site import PkiSite
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.sharding import shards_to_open
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, NotServed
from certctl.observability import logger
from certctl.services.authorities.ocsp_urls import OcspUrls
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class CaActivation:
    """`request_crls` makes the publisher function publish the CRLs of an issuing CA, and waits for it.
    `require_served` raises NotServed unless the CA's URLs can be fetched as relying parties will."""

    units: Units
    authorities: AuthorityStore
    site: PkiSite
    request_crls: Callable[[str], object]
    require_served: Callable[[Authority, CrlShard], object]
    ocsp_urls: OcspUrls
    actor: Actor
    now: Callable[[], datetime]

    @cached_property
    def _changes(self) -> AuthorityChanges:
        return AuthorityChanges(self.units.database)

    def activate(self, authority: Authority) -> None:
        """Idempotent, also after a crash at any point, and concurrently. Its certificate and its empty CRLs
        are published and read back, the OCSP responders that its first leaf and its own certificate name
        answer in public, then its shards open, then new leaves come from it and the preceding CA retires.
        Raises Conflict, Unavailable, NotServed."""
        self.site.publish_certificate(authority)
        self.site.publish_bundle(self.authorities.all)
        added = self._first_shards_of(authority)
        self.authorities.add_shards(added)
        self.request_crls(authority.ca_id)
        self._require_public(authority, added)
        if added:
            self.authorities.open_shards(added)
        if authority.state is AuthorityState.PENDING:
            self._take_over(authority)

    def activate_waiting(self) -> list[str]:
        """Retries the active CAs that issue nothing yet. Returns why each of the rest still waits; a pending
        CA is left to its rotation. Raises Conflict, Unavailable."""
        waiting = [a for a in self.authorities.all() if self._is_waiting(a)]
        return [reason for authority in waiting if (reason := self._reason_to_wait(authority))]

    def _is_waiting(self, authority: Authority) -> bool:
        if authority.role != "issuing" or authority.state is not AuthorityState.ACTIVE:
            return False
        return not any(shard.open for shard in self.authorities.shards(authority.ca_id))

    def _reason_to_wait(self, authority: Authority) -> str:
        try:
            self.activate(authority)
        except NotServed as error:
            logger.warning("a CA waits for its host", extra={"ca_id": authority.ca_id})
            return error.detail
        return ""

    def _first_shards_of(self, authority: Authority) -> list[CrlShard]:
        """The shards to open; empty if a shard was ever open: more are opened by `ShardExpansion`."""
        shards = self.authorities.shards(authority.ca_id)
        is_open = any(shard.open for shard in shards)
        return [] if is_open else shards_to_open(authority, shards)

    def _require_public(self, authority: Authority, added: Sequence[CrlShard]) -> None:
        """Raises NotServed, Unavailable unless everything that its first leaf names can be fetched. A CA that
        issues is left alone."""
        for shard in self.authorities.shards(authority.ca_id):
            self.site.require_crl(authority, shard)
        if added:
            self.require_served(authority, added[0])
        if added or authority.state is AuthorityState.PENDING:
            self.ocsp_urls.enable_chain(authority)

    def _take_over(self, pending: Authority) -> None:
        before = self.authorities.active_issuing(pending.issuer_id)
        if before is not None and before.ca_id == pending.ca_id:
            return
        action, old = ("ca_rotated", before.ca_id) if before else ("ca_activated", None)
        details = {"before": {"active_ca": old}, "after": {"active_ca": pending.ca_id}}
        unit = self.units.begin(self.actor, pending.ca_id, self.now())
        unit.write(*self._changes.activate_steps(pending, before))
        unit.event(action, authority_resource(pending.ca_id), details)
        try:
            unit.commit()
        except Conflict:
            self._require_active(pending)
            return
        logger.info(action, extra={"ca_id": pending.ca_id, "before": old})

    def _require_active(self, pending: Authority) -> None:
        """Another run was first, with the same CA."""
        found = self.authorities.get(pending.ca_id)
        if found is None or found.state is AuthorityState.PENDING:
            raise Conflict(f"{pending.ca_id} could not take over: its issuer has changed. Try again.")
