"""Finds the probes that need no judgement: most of them."""

from dataclasses import dataclass

from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.quiet import is_quiet, state_of
from certctl.domain.inventory.endpoints.reported import ReportedProbe
from certctl.store.certificates.certificates import CertificateStore


@dataclass(frozen=True)
class QuietProbes:
    certificates: CertificateStore

    def includes(self, endpoint: Endpoint, reported: ReportedProbe) -> bool:
        """One batch for the endpoint's certificates; none for a free endpoint, and for a probe that shows
        something else than the last judged one."""
        if not is_quiet(endpoint, reported):
            return False
        return state_of(self.certificates.get_many(endpoint.certificate_ids)) == endpoint.judged_with
