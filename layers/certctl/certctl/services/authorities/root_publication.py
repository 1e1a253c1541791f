"""What the root's key holder publishes: its CRL, and the bundle of all CA certificates."""

from dataclasses import dataclass

from certctl.connectors.pki_site import PkiSite
from certctl.domain.authorities.authorities import FIRST_SHARD, CrlShard
from certctl.services.authorities.activation import CaActivation
from certctl.services.authorities.setup import CertificateAuthority
from certctl.store.authorities.authorities import AuthorityStore
from certctl.unit_of_work.status.crl_publishing import CrlPublication


@dataclass(frozen=True)
class RootUpkeep:
    """`published` is None if the CRL is not due. `waiting`: why each CA that does not issue waits."""

    published: CrlShard | None
    waiting: list[str]


@dataclass(frozen=True)
class RootPublication:
    authority: CertificateAuthority
    authorities: AuthorityStore
    site: PkiSite
    activation: CaActivation
    crls: CrlPublication

    def keep_up(self) -> RootUpkeep:
        """Hourly, and cheap: the root's CRL once a quarter of its 60 days is over, so that 45 days of retries
        remain, and the CAs that wait for their host. Does nothing before the first deploy has made a CA."""
        pair = self.authority.find()
        if pair is None:
            return RootUpkeep(None, [])
        published = self.crls.publish_if_due(pair.root, FIRST_SHARD)
        if published:
            self.site.publish_bundle(self.authorities.all)
        return RootUpkeep(published, self.activation.activate_waiting())

    def publish(self) -> CrlShard:
        """Publishes the root's CRL on demand, due or not. Also the bundle, without the CAs that have
        retired."""
        root = self.authority.require().root
        self.site.publish_bundle(self.authorities.all)
        return self.crls.publish_now(root, FIRST_SHARD)
