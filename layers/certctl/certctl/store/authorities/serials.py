"""The serials of CA certificates, by which the OCSP responder of the root knows that it issued them."""

from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.pem import load_certificate
from certctl.crypto.serials import serial_text
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import Conflict
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE
from certctl.store.issuing.items import SerialItem
from certctl.store.keys import ca_serial
from certctl.store.writes import Write, put

_JOB = "(ca)"


def ca_serial_steps(authority: Authority) -> list[Write]:
    """The serial of a CA below the stack's root; no write for another CA. No certificate's record is behind
    it. Refused with Conflict if the root has used the serial."""
    if authority.parent_id is None:
        return []
    certificate = load_certificate(authority.certificate_pem)
    serial = serial_text(certificate.serial_number)
    item = SerialItem(
        ca_serial=ca_serial(authority.parent_id, serial),
        spki_sha256=spki_sha256(certificate.public_key()),
        certificate_id=UNKNOWN_CERTIFICATE,
        job_id=_JOB,
        crl_shard=int(FIRST_SHARD),
        not_after=authority.not_after,
        state=VersionState.ISSUED,
    )
    used = Conflict(f"{authority.parent_id} has used the serial {serial}.")
    return [put(item, SerialItem.ca_serial.does_not_exist(), used)]
