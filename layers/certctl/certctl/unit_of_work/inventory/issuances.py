"""Tells the certificates that this stack issued from others that one of its CAs has signed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from certctl.crypto.inventory.responders import is_ocsp_responder
from certctl.domain.certificates.versions import Version
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE
from certctl.domain.status.ocsp import RESPONDER_CERTIFICATE
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.issuing.serials import KnownSerial, SerialStore

WITHOUT_RECORD = frozenset({UNKNOWN_CERTIFICATE, RESPONDER_CERTIFICATE})
"""In place of a certificate's id: of CAs, OCSP responders, and revocations that a restore brought back."""
_AT_ONCE = 100

type _Versions = Mapping[tuple[str, str], Version]


@dataclass(frozen=True)
class Signed:
    """A certificate whose signature the key of the CA `ca_id` verifies."""

    ca_id: str
    fingerprint: str
    serial_number: str
    not_after: datetime
    spki_sha256: str
    der: bytes


@dataclass(frozen=True)
class Issuances:
    """A serial number can be read from every server: it proves an issuance only together with the key that
    was stored before the signature, and the fingerprint that was stored after it."""

    serials: SerialStore
    certificates: CertificateStore

    def of(self, signed: Sequence[Signed]) -> dict[str, str | None]:
        """The id of each certificate's record by fingerprint, or None if its serial number was issued to
        another certificate; nothing for unknown serial numbers. One batch for each CA, one of versions."""
        pairs = self._known(signed)
        versions = self._versions(pairs)
        return {
            each.fingerprint: known.certificate_id if _is_of(each, known, versions) else None
            for each, known in pairs
        }

    def _known(self, signed: Sequence[Signed]) -> list[tuple[Signed, KnownSerial]]:
        by_ca: dict[str, list[Signed]] = defaultdict(list)
        for each in signed:
            by_ca[each.ca_id].append(each)
        found: list[tuple[Signed, KnownSerial]] = []
        for ca_id, own in by_ca.items():
            for some in batched(own, _AT_ONCE, strict=False):
                rows = self.serials.find_many(ca_id, [each.serial_number for each in some])
                found += [(each, rows[each.serial_number]) for each in some if each.serial_number in rows]
        return found

    def _versions(self, pairs: Sequence[tuple[Signed, KnownSerial]]) -> _Versions:
        wanted = [
            (known.certificate_id, each.not_after, each.serial_number)
            for each, known in pairs
            if known.certificate_id not in WITHOUT_RECORD
        ]
        return {(v.certificate_id, v.serial_number): v for v in self.certificates.versions_at(wanted)}


def _is_of(signed: Signed, known: KnownSerial, versions: _Versions) -> bool:
    """Whether the serial number was given to this very certificate. A revocation that a restore brought back
    has no key to compare."""
    if known.key_sha256 not in (None, signed.spki_sha256):
        return False
    if known.certificate_id == RESPONDER_CERTIFICATE:
        return is_ocsp_responder(signed.der)
    if known.certificate_id in WITHOUT_RECORD:
        return True
    version = versions.get((known.certificate_id, signed.serial_number))
    return version is not None and version.fingerprint_sha256 in ("", signed.fingerprint)
