"""Finds certificates of this stack's CAs by what ACME clients name them with (RFC 9773 section 4.1)."""

from dataclasses import dataclass

from certctl.crypto.acme.cert_ids import CertId
from certctl.crypto.issuing.extensions import authority_key_identifier
from certctl.crypto.pem import load_certificate
from certctl.domain.authorities.authorities import Authority
from certctl.store.cache import LastKnown
from certctl.store.issuing.serials import KnownSerial, SerialStore

_LEAVES = "issuing"


@dataclass(frozen=True)
class IssuedSerial:
    """A serial number that was reserved for a certificate, and its CA."""

    authority: Authority
    serial_number: str
    known: KnownSerial


@dataclass(frozen=True)
class IssuedCertificates:
    authorities: LastKnown[list[Authority]]
    serials: SerialStore

    def find(self, cert_id: CertId) -> IssuedSerial | None:
        """A read, and a query once a minute. None for other issuers' certificates, and for serial numbers
        that no CA of this stack has used."""
        of_key = {each.ca_id: each for each in self.authorities.get() if _has_key(each, cert_id.aki)}
        if not of_key:
            return None
        found = self.serials.find_by_ca(of_key, cert_id.serial)
        return next((IssuedSerial(of_key[ca_id], cert_id.serial, it) for ca_id, it in found.items()), None)


def _has_key(authority: Authority, aki: bytes) -> bool:
    """Leaves name the key by the extension of the CA's certificate: an external root may have chosen it."""
    return (
        authority.role == _LEAVES
        and authority_key_identifier(load_certificate(authority.certificate_pem)).key_identifier == aki
    )
