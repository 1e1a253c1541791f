"""Certificates as renewal information names them (RFC 9773 section 4.1)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from certctl.crypto.serials import serial_text
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.base64url import from_strict_base64url, to_base64url

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_LONGEST_AKI = 64
_LONGEST_SERIAL = 20


@dataclass(frozen=True)
class CertId:
    """The issuer's key identifier and the serial number, as certificates and records have them."""

    aki: bytes
    serial: str

    def __str__(self) -> str:
        return f"{to_base64url(self.aki)}.{to_base64url(_der_integer(int(self.serial, 16)))}"


def parse_cert_id(text: str) -> CertId:
    """Raises AcmeProblem, malformed, for any text but the one that `str` makes of the same CertId."""
    aki, _, serial = text.partition(".")
    try:
        return CertId(_aki(from_strict_base64url(aki)), _serial(from_strict_base64url(serial)))
    except ValueError:
        raise AcmeProblem(
            ProblemType.MALFORMED,
            "The identifier of a certificate is the base64url of its authority key identifier, a dot, and "
            "the base64url of its serial number as DER has it (RFC 9773 section 4.1).",
        ) from None


def cert_id_of(certificate: "Certificate") -> CertId | None:
    """Returns None for a certificate that does not name its issuer's key."""
    from cryptography.x509 import AuthorityKeyIdentifier, ExtensionNotFound

    try:
        extension = certificate.extensions.get_extension_for_class(AuthorityKeyIdentifier)
    except ExtensionNotFound:
        return None
    aki = extension.value.key_identifier
    return None if aki is None else CertId(aki, serial_text(certificate.serial_number))


def _der_integer(number: int) -> bytes:
    """The content of a positive INTEGER: with a zero octet if the first bit would make it negative."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def _aki(octets: bytes) -> bytes:
    if not 0 < len(octets) <= _LONGEST_AKI:
        raise ValueError("is not a key identifier")
    return octets


def _serial(octets: bytes) -> str:
    number = int.from_bytes(octets)
    if octets != _der_integer(number) or not 0 < number < 1 << 8 * _LONGEST_SERIAL:
        raise ValueError("is not a serial number")
    return serial_text(number)
