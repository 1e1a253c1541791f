"""More CRL shards for CAs that issue: those of earlier releases have one, large ones need more."""

from collections.abc import Callable, Sequence
from datetime import datetime

from certctl.connectors.pki_site import PkiSite
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import (
    FIRST_SHARDS,
    Authority,
    AuthorityState,
    CrlShard,
    shards_to_open,
)
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.unit import Units


class ShardExpansion:
    """`request_crls` makes the publisher function publish the CRLs of an issuing CA, and waits for it. A CA
    has `first_shards` at least."""

    def __init__(
        self,
        units: Units,
        authorities: AuthorityStore,
        site: PkiSite,
        request_crls: Callable[[str], object],
        actor: Actor,
        now: Callable[[], datetime],
        first_shards: int = FIRST_SHARDS,
    ) -> None:
        self._units = units
        self._authorities = authorities
        self._site = site
        self._request_crls = request_crls
        self._actor = actor
        self._now = now
        self._first_shards = first_shards

    def expand_due(self) -> list[CrlShard]:
        """Those that were opened. Idempotent, also after a crash at any point, and concurrently. A CA that
        issues nothing yet is left to its activation. Raises Conflict, Unavailable."""
        opened = list[CrlShard]()
        for authority in self._authorities.all():
            if authority.role == "issuing" and authority.state is AuthorityState.ACTIVE:
                opened += self._expand(authority)
        return opened

    def _expand(self, authority: Authority) -> list[CrlShard]:
        shards = self._authorities.shards(authority.ca_id)
        if not any(shard.open for shard in shards):
            return []
        added = shards_to_open(authority, shards, self._first_shards)
        if not added:
            return []
        self._authorities.add_shards(added)
        self._request_crls(authority.ca_id)
        for shard in added:
            self._site.require_crl(authority, shard)
        self._open(authority.ca_id, added, sum(shard.open for shard in shards))
        logger.info("opened CRL shards", extra={"ca_id": authority.ca_id, "opened": len(added)})
        return added

    def _open(self, ca_id: str, added: Sequence[CrlShard], opened: int) -> None:
        """All or none: at most 64, for their number doubles to 128."""
        unit = self._units.begin(self._actor, ca_id, self._now())
        unit.write(*self._authorities.open_steps(added))
        after = opened + len(added)
        details = {"before": {"open_crl_shards": opened}, "after": {"open_crl_shards": after}}
        unit.event("ca_crl_shards_opened", authority_resource(ca_id), details)
        unit.commit()
