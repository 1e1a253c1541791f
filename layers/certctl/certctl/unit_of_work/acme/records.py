"""Which record the orders of the same names renew (ADR 76)."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.access.permissions import Permission
from certctl.domain.acme.identifiers import Identifier
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.store.acme.records import RecordStore
from certctl.store.certificates.certificates import CertificateStore

_HELD = "The certificate of these names is on hold."
_BEYOND_REACH = (
    "The certificate of these names, {}, was moved to a team in which the service account of this ACME "
    "account has no role."
)


@dataclass(frozen=True)
class NamedRecord:
    """`key` is that of the names. `stored_id`: the record that they point to, None if there is none.
    `certificate`: that record if orders renew it, else None: the next order makes a new one. `is_left`: it
    lives, but the EAB key has another issuer by now."""

    key: str
    stored_id: str | None
    certificate: Certificate | None
    is_left: bool = False


@dataclass(frozen=True)
class NamedRecords:
    names: RecordStore
    certificates: CertificateStore

    def find(self, caller: AcmeCaller, identifiers: Sequence[Identifier], profile_id: str) -> NamedRecord:
        """Two consistent reads at most. Raises AcmeProblem for a record on hold, or beyond the reach of the
        ACME account."""
        key = caller.eab_key.record_key(identifiers, profile_id, caller.account.id)
        stored_id = self.names.certificate_id(key)
        certificate = self.certificates.get(stored_id) if stored_id else None
        if certificate is None or certificate.lifecycle.has_ended:
            return NamedRecord(key, stored_id, None)
        if not caller.principal.reaches_team(Permission.CERTIFICATES_WRITE, certificate.team_id):
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _BEYOND_REACH.format(certificate.id))
        if certificate.lifecycle is Lifecycle.ON_HOLD:
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _HELD)
        is_left = certificate.issuer_id != caller.eab_key.issuer_id
        return NamedRecord(key, stored_id, certificate, is_left)
