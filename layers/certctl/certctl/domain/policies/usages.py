"""Extended key usages of profiles: by name or OID, which are refused, and the key usage that follows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum


class ExtendedKeyUsage(StrEnum):
    """Extended key usages by their names in RFC 5280 section 4.2.1.12, RFC 9336 and RFC 4945, without
    `id-kp-`."""

    SERVER_AUTH = "serverAuth"
    CLIENT_AUTH = "clientAuth"
    CODE_SIGNING = "codeSigning"
    EMAIL_PROTECTION = "emailProtection"
    TIME_STAMPING = "timeStamping"
    DOCUMENT_SIGNING = "documentSigning"
    IPSEC_IKE = "ipsecIKE"


class KeyAlgorithm(StrEnum):
    RSA = "RSA"
    ECDSA = "ECDSA"
    ED25519 = "Ed25519"


class KeyUsage(StrEnum):
    """Bits of the extension keyUsage (RFC 5280, 4.2.1.3) that a leaf may have."""

    DIGITAL_SIGNATURE = "digitalSignature"
    KEY_ENCIPHERMENT = "keyEncipherment"


TLS_USAGES = frozenset({ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH})
"""The usages of a profile that every team may have."""
_KP = "1.3.6.1.5.5.7.3"
_MICROSOFT = "1.3.6.1.4.1.311"
_OIDS: Mapping[str, str] = {
    ExtendedKeyUsage.SERVER_AUTH: f"{_KP}.1",
    ExtendedKeyUsage.CLIENT_AUTH: f"{_KP}.2",
    ExtendedKeyUsage.CODE_SIGNING: f"{_KP}.3",
    ExtendedKeyUsage.EMAIL_PROTECTION: f"{_KP}.4",
    ExtendedKeyUsage.TIME_STAMPING: f"{_KP}.8",
    ExtendedKeyUsage.DOCUMENT_SIGNING: f"{_KP}.36",
    ExtendedKeyUsage.IPSEC_IKE: f"{_KP}.17",
}
_NAMES = {oid: name for name, oid in _OIDS.items()}
KEY_USAGES: Mapping[str, Mapping[KeyAlgorithm, KeyUsage]] = {
    ExtendedKeyUsage.SERVER_AUTH: {KeyAlgorithm.RSA: KeyUsage.KEY_ENCIPHERMENT},
    ExtendedKeyUsage.CLIENT_AUTH: {},
    ExtendedKeyUsage.CODE_SIGNING: {},
    ExtendedKeyUsage.EMAIL_PROTECTION: {KeyAlgorithm.RSA: KeyUsage.KEY_ENCIPHERMENT},
    ExtendedKeyUsage.TIME_STAMPING: {},
    ExtendedKeyUsage.DOCUMENT_SIGNING: {},
    ExtendedKeyUsage.IPSEC_IKE: {},
}
"""The key usage that an extended key usage adds, by the algorithm of the key, where RFC 5280 (4.2.1.12) calls
it consistent; nothing for one by its OID. Every leaf has digitalSignature."""

_LOGON = "Windows takes it as a logon, and this CA binds no certificate to an account"
_FOR_ALL = "it stands for every usage, those refused here among them"
_REFUSED: Mapping[str, tuple[tuple[str, ...], str]] = {
    f"{_KP}.9": (("OCSPSigning",), "who has it answers for the CA which certificates are revoked"),
    "2.5.29.37.0": (("anyExtendedKeyUsage",), _FOR_ALL),
    f"{_MICROSOFT}.20.2.1": (
        ("enrolmentAgent", "enrollmentAgent", "certificateRequestAgent"),
        "who has it requests certificates in the names of others",
    ),
    f"{_MICROSOFT}.20.2.2": (("smartcardLogon", "msSmartcardLogin"), _LOGON),
    f"{_MICROSOFT}.21.5": (("caExchange",), "it is for the keys of a Windows CA"),
    f"{_MICROSOFT}.21.6": (("keyRecoveryAgent",), "who has it reads archived private keys"),
    f"{_MICROSOFT}.10.3": ((), "Windows has rights of its own system below this arc"),
    "1.3.6.1.5.2.3.4": (("pkinitKPClientAuth",), _LOGON),
    "1.3.6.1.5.2.3.5": (("pkinitKPKdc", "kdc"), "who has it is a KDC to its clients (RFC 4556)"),
}
"""Refused usages by OID, with their names and the reason."""
_WHOLE_ARCS = (f"{_MICROSOFT}.10.3",)
_REFUSED_NAMES = {name.casefold(): oid for oid, (names, _) in _REFUSED.items() for name in names}
_OID = re.compile(r"(?:[01]\.(?:[0-9]|[1-3][0-9])|2\.(?:0|[1-9][0-9]*))(?:\.(?:0|[1-9][0-9]*))+")
_LONGEST_OID, _HIGHEST_ARC = 64, 2**31 - 1
_ALLOWED = f"allowed are {', '.join(ExtendedKeyUsage)} and OIDs such as 1.3.6.1.4.1.32473.1"


def is_oid(text: str) -> bool:
    """Whether `text` is an OID in its one spelling. Some clients keep an arc in 31 bits (Go), and refuse a
    certificate with a higher one."""
    if len(text) > _LONGEST_OID or not text.isascii() or not _OID.fullmatch(text):
        return False
    return all(int(arc) <= _HIGHEST_ARC for arc in text.split("."))


def usage_oid(usage: str) -> str:
    """The OID of a usage that a profile may have."""
    return _OIDS.get(usage, usage)


def is_critical(usages: Sequence[str]) -> bool:
    """Whether the extension is critical: RFC 3161 (2.3) demands it of timeStamping."""
    return ExtendedKeyUsage.TIME_STAMPING in usages


def key_usages(usages: Sequence[str], algorithm: KeyAlgorithm) -> frozenset[KeyUsage]:
    """The key usage of a leaf: `KEY_USAGES` of each of its extended key usages."""
    added = (KEY_USAGES.get(usage, {}).get(algorithm) for usage in usages)
    return frozenset({KeyUsage.DIGITAL_SIGNATURE, *(each for each in added if each)})


def usage_problems(usages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Why a profile may not have these usages: (field, reason)."""
    field = "extended_key_usages"
    if not usages or len(set(usages)) != len(usages):
        yield field, "needs at least one, none twice"
    for number, usage in enumerate(usages):
        yield from ((f"{field}.{number}", reason) for reason in _reasons_against(usage))
    if ExtendedKeyUsage.TIME_STAMPING in usages and len(usages) > 1:
        yield field, "timeStamping stands alone (RFC 3161, 2.3)"


def _reasons_against(usage: str) -> Iterator[str]:
    refused = _refused_as(usage)
    if refused is not None:
        yield f"{usage[:80]} is refused: {_REFUSED[refused][1]}"
    elif usage in _NAMES:
        yield f"{usage} is {_NAMES[usage]}: give its name"
    elif usage not in _OIDS and not is_oid(usage):
        yield f"{usage[:80]!a} is no extended key usage: {_ALLOWED}"


def _refused_as(usage: str) -> str | None:
    """The OID in the table of what is refused; names in any case."""
    if usage in _REFUSED:
        return usage
    inside = (arc for arc in _WHOLE_ARCS if usage.startswith(f"{arc}."))
    return _REFUSED_NAMES.get(usage.casefold()) or next(inside, None)
