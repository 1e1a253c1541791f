"""What an endpoint should serve: its certificates with their versions, and the CAs that lead to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import certifi
from cryptography import x509

from certctl.crypto.inventory.judging import ChainJudge
from certctl.crypto.inventory.paths import TrustAnchors
from certctl.crypto.inventory.strength import key_kind
from certctl.crypto.pem import load_certificates
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import IssuedPem, Version
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.served import Attached, IssuedVersion
from certctl.domain.inventory.endpoints.targets import is_to_be_served
from certctl.unit_of_work.stores import Stores

_MOST_VERSIONS = 30


@dataclass(frozen=True)
class Expected:
    """A certificate that an endpoint should serve. `issuers` are those that its newest version came with."""

    certificate: Certificate
    attached: Attached
    issuers: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True)
class ServedCertificates:
    """Reads what probes are compared with."""

    stores: Stores
    now: Callable[[], datetime]
    public_roots: str = field(default_factory=certifi.where)
    """A file of PEM."""

    def of(self, endpoint: Endpoint) -> list[Expected]:
        """What it still should serve. One batch for the certificates; for each, two reads of its versions and
        one of their revocations."""
        found = self.stores.certificates.get_many_now(endpoint.certificate_ids)
        wanted = {each.id: each for each in found if is_to_be_served(each, endpoint)}
        return [self._expected(wanted[each]) for each in endpoint.certificate_ids if each in wanted]

    def judge(self) -> ChainJudge:
        """Judges by public roots and by the CAs of the stack."""
        chains = [a.certificate_pem + a.chain_pem for a in self.stores.authorities.all() if a.certificate_pem]
        cas = [each for chain in chains for each in load_certificates(chain)]
        roots = [each for each in cas if each.subject == each.issuer]
        return ChainJudge(TrustAnchors(roots, self.public_roots), tuple(cas))

    def _expected(self, certificate: Certificate) -> Expected:
        store, serial = self.stores.certificates, certificate.serial_number
        versions = store.versions(certificate.id, _MOST_VERSIONS, None).versions
        pem = store.pem(certificate.id, serial) if serial else None
        current = next((v.fingerprint_sha256 for v in versions if v.serial_number == serial), "")
        chain = _chain(pem)
        attached = Attached(
            certificate.id,
            current,
            self._issued(versions),
            key_kind(chain[0]) if chain else "",
            chain[0].issuer.rfc4514_string() if chain else "",
        )
        return Expected(certificate, attached, tuple(chain[1:]))

    def _issued(self, versions: Sequence[Version]) -> tuple[IssuedVersion, ...]:
        issued = [each for each in versions if each.state is VersionState.ISSUED]
        places = [(each.ca_id, each.crl_shard, each.serial_number) for each in issued]
        revoked = self.stores.revocations.find_many(places)
        return tuple(
            IssuedVersion(
                each.fingerprint_sha256, each.created_at, each.not_after, each.serial_number in revoked
            )
            for each in issued
        )


def _chain(pem: IssuedPem | None) -> Sequence[x509.Certificate]:
    return load_certificates(pem.certificate_pem + pem.chain_pem) if pem else ()
