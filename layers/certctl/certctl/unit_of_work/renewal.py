"""The starting point of renewals: the previous request, or an agent that makes a new key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certctl.crypto.issuing.csr import parse_csr
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import CsrRejected
from certctl.domain.jobs.new_jobs import RenewalRequest
from certctl.domain.jobs.tasks import task_of
from certctl.domain.renewal.planning import RenewalPlan
from certctl.domain.renewal.policies import OnRenewal
from certctl.store.catalog.cache import CachedCatalog
from certctl.unit_of_work.stores import Stores


@dataclass(frozen=True)
class RenewalRequests:
    stores: Stores
    catalog: CachedCatalog

    def of(self, plans: Sequence[RenewalPlan]) -> dict[str, RenewalRequest]:
        """The requests by certificate, with one batch of reads for all."""
        again = [p.certificate for p in plans if p.policy.on_renewal is OnRenewal.RENEW]
        usable = self._usable(self.stores.certificates.last_requests(again))
        self.stores.agent_targets.find([t for plan in plans for t in plan.certificate.target_ids])
        return {p.certificate.id: self._request(p.certificate, usable) for p in plans}

    def _request(self, certificate: Certificate, usable: Mapping[str, str]) -> RenewalRequest:
        """An agent makes a new key each time."""
        profile = self.catalog.profile(certificate.certificate_profile_id)
        approvals = profile.approvals if profile else 0
        agent_id = self.stores.agent_targets.agent_of(certificate)
        if agent_id is None:
            return RenewalRequest(usable.get(certificate.id), approvals)
        return RenewalRequest(None, approvals, agent_id, task_of(certificate, profile))

    def _usable(self, requests: Mapping[str, str]) -> dict[str, str]:
        """The certificates whose key is neither compromised nor held by a certificate on hold."""
        keys = {certificate_id: _key_of(pem) for certificate_id, pem in requests.items()}
        refused = self.stores.refused_keys.reasons_against(sorted({key for key in keys.values() if key}))
        return {i: requests[i] for i, key in keys.items() if key and key not in refused}


def _key_of(csr_pem: str) -> str | None:
    """SHA-256 of its public key; None for a CSR that the current rules refuse."""
    try:
        return parse_csr(csr_pem).spki_sha256
    except CsrRejected:
        return None
