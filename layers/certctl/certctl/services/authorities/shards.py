"""More CRL shards for CAs that issue: large ones need more, and those of earlier releases may have one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.connectors.pki_site import PkiSite
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.sharding import DEPLOYED, Sharding, complete_of, shards_to_open
from certctl.domain.authorities.states import AuthorityState
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class ShardExpansion:
    """`request_crls` makes the publisher function publish the CRLs of an issuing CA, and waits for it."""

    units: Units
    authorities: AuthorityStore
    site: PkiSite
    request_crls: Callable[[str], object]
    actor: Actor
    now: Callable[[], datetime]
    sharding: Sharding = DEPLOYED

    def expand_due(self) -> list[CrlShard]:
        """Opens the shards that are due, and returns them. Idempotent, also after a crash at any point, and
        concurrently. A CA that issues nothing yet is left to its activation. Raises Conflict, Unavailable."""
        opened = list[CrlShard]()
        for authority in self.authorities.all():
            if authority.role == "issuing" and authority.state is AuthorityState.ACTIVE:
                opened += self._expand(authority)
        return opened

    def _expand(self, authority: Authority) -> list[CrlShard]:
        """No leaf names a shard before the complete CRL of its CA, if it has one, joins it: a client that
        keeps one CRL of an issuer must find every revocation in it."""
        shards = self.authorities.shards(authority.ca_id)
        if not any(shard.open for shard in shards):
            return []
        added = shards_to_open(authority, shards, self.sharding)
        if not added:
            return []
        self.authorities.add_shards(added)
        self.request_crls(authority.ca_id)
        complete, others = complete_of(shards), sum(shard.open for shard in shards) + len(added) - 1
        if complete and not self._is_joined(complete, others):
            return []
        for shard in [*added, *([complete] if complete else [])]:
            self.site.require_crl(authority, shard)
        self._open(authority.ca_id, added, others + 1, complete)
        logger.info("opened CRL shards", extra={"ca_id": authority.ca_id, "opened": len(added)})
        return added

    def _is_joined(self, complete: CrlShard, others: int) -> bool:
        """If not, the publisher is to make the complete CRL within seconds, because its last edition is as
        young: the next run opens the shards."""
        latest = self.authorities.shard(complete.ca_id, complete.shard)
        is_joined = latest is not None and latest.joins >= others
        if not is_joined:
            logger.info("the complete CRL joins new shards soon", extra={"ca_id": complete.ca_id})
        return is_joined

    def _open(self, ca_id: str, added: Sequence[CrlShard], after: int, complete: CrlShard | None) -> None:
        """All or none: at most 64, for their number doubles to 128. `after`: how many are open then."""
        unit = self.units.begin(self.actor, ca_id, self.now())
        unit.write(*self.authorities.open_steps(added))
        if complete:
            unit.write(self.authorities.joining_step(complete, after - 1))
        details = {
            "before": {"open_crl_shards": after - len(added)},
            "after": {"open_crl_shards": after},
        }
        unit.event("ca_crl_shards_opened", authority_resource(ca_id), details)
        unit.commit()
