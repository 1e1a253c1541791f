"""What the holder of the roots' keys publishes: their CRLs, and the bundle of all CA certificates."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.connectors.pki_site import PkiSite
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, CrlShard
from certctl.domain.authorities.hierarchies import active_roots, require_active_root
from certctl.domain.errors import Conflict
from certctl.observability import logger
from certctl.services.authorities.activation import CaActivation
from certctl.store.authorities.authorities import AuthorityStore
from certctl.unit_of_work.status.crl_publishing import CrlPublication


@dataclass(frozen=True)
class RootUpkeep:
    """`published` are the CRLs that were due, and `failed` says for each root whose CRL was not published
    why. `waiting`: why each CA that does not issue waits."""

    published: Sequence[CrlShard]
    failed: Sequence[str]
    waiting: Sequence[str]


@dataclass(frozen=True)
class RootPublication:
    authorities: AuthorityStore
    site: PkiSite
    activation: CaActivation
    crls: CrlPublication

    def keep_up(self) -> RootUpkeep:
        """Hourly, and cheap: the CRL of each root once a quarter of its 60 days is over, so that 45 days of
        retries remain, and the CAs that wait for their host. One root that fails does not stop the others.
        Does nothing before the first deploy has made a CA."""
        roots = active_roots(self.authorities.all())
        if not roots:
            return RootUpkeep((), (), ())
        published, failed = list[CrlShard](), list[str]()
        for root in roots:
            try:
                due = self.crls.publish_if_due(root, FIRST_SHARD)
            except Exception as error:
                logger.exception("the CRL of a root was not published", extra={"ca_id": root.ca_id})
                failed.append(f"CRL of {root.ca_id}: {error}")
                continue
            if due is not None:
                published.append(due)
        if published:
            self.publish_bundle()
        return RootUpkeep(published, failed, self.activation.activate_waiting())

    def publish(self, root_id: str) -> CrlShard:
        """Publishes the CRL of a root on demand, due or not. Also the bundle, without the CAs that have
        retired."""
        root = require_active_root(root_id, self.authorities.all())
        self.publish_bundle()
        return self.crls.publish_now(root, FIRST_SHARD)

    def publish_all(self) -> list[CrlShard]:
        """Publishes those of all roots, the oldest first. Raises Conflict before the first `initialize`."""
        roots = self._roots()
        self.publish_bundle()
        return [self.crls.publish_now(root, FIRST_SHARD) for root in roots]

    def publish_bundle(self) -> None:
        self.site.publish_bundle(self.authorities.all)

    def _roots(self) -> list[Authority]:
        roots = active_roots(self.authorities.all())
        if not roots:
            raise Conflict("There is no CA yet: run initialize first.")
        return roots
