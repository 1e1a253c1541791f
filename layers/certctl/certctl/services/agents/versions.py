"""Versions of certificates for the agents that deploy them."""

from dataclasses import dataclass

from certctl.crypto.fingerprints import fingerprint_sha256
from certctl.crypto.pem import load_certificate
from certctl.domain.access.principals import Principal
from certctl.domain.agents.deployments import DeployableVersion
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import IssuedPem
from certctl.domain.errors import NotFound
from certctl.store.paging import in_parallel
from certctl.unit_of_work.stores import Stores


@dataclass(frozen=True)
class DeployableVersions:
    stores: Stores

    def get(self, caller: Principal, certificate_id: str, serial: str) -> DeployableVersion:
        """A version of a certificate that is mapped to a target of the caller's. Raises NotFound."""
        certificate, pem = in_parallel(
            lambda: self.stores.certificates.get(certificate_id),
            lambda: self.stores.certificates.pem(certificate_id, serial),
        )
        if certificate is None or pem is None or not self._is_mapped(caller, certificate):
            raise NotFound("There is no such version.")
        return _deployable(pem)

    def _is_mapped(self, caller: Principal, certificate: Certificate) -> bool:
        agents = {target.content.agent_id for target in self.stores.agent_targets.of(certificate)}
        return caller.agent_id is not None and caller.agent_id in agents


def _deployable(pem: IssuedPem) -> DeployableVersion:
    leaf = load_certificate(pem.certificate_pem)
    return DeployableVersion(
        pem.certificate_id,
        pem.serial_number,
        pem.certificate_pem,
        pem.chain_pem,
        fingerprint_sha256(leaf),
        leaf.not_valid_after_utc,
    )
