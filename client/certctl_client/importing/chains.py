"""Which certificates of a file are leaves, which are the chain of one, and which are a trust store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509

from certctl_client.importing.limits import CERTIFICATE_BYTES, CHAIN_LENGTH, TRUST_STORE_CAS
from certctl_client.inspection import is_ca


@dataclass(frozen=True)
class Entry:
    """A certificate of a file, `number` counted from 1, with its chain."""

    number: int
    certificate: bytes
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Chains:
    """`faults` are a number and a reason each; `authorities` counts the CA certificates of a trust store."""

    entries: tuple[Entry, ...]
    faults: tuple[tuple[int, str], ...]
    authorities: int


@dataclass(frozen=True)
class _Parsed:
    number: int
    certificate: bytes
    subject: bytes
    issuer: bytes
    is_ca: bool


def chains_of(certificates: Sequence[bytes]) -> Chains:
    """CA certificates that no leaf of the file chains to are entries of their own, unless they are many."""
    outcomes = [_parsed(number, each) for number, each in enumerate(certificates, start=1)]
    parsed = [each for each in outcomes if isinstance(each, _Parsed)]
    faults = tuple((n, each) for n, each in enumerate(outcomes, start=1) if isinstance(each, str))
    chained = [(leaf, _chain_of(leaf, parsed)) for leaf in parsed if not leaf.is_ca]
    used = {each.number for _, chain in chained for each in chain}
    alone = [each for each in parsed if each.is_ca and each.number not in used]
    are_many = len(alone) > TRUST_STORE_CAS
    kept = [*chained, *((each, []) for each in (() if are_many else alone))]
    return Chains(tuple(map(_entry, kept)), faults, len(alone) if are_many else 0)


def _entry(pair: tuple[_Parsed, list[_Parsed]]) -> Entry:
    one, chain = pair
    return Entry(one.number, one.certificate, tuple(each.certificate for each in chain))


def _chain_of(leaf: _Parsed, parsed: Sequence[_Parsed]) -> list[_Parsed]:
    return list(_above(leaf, {each.subject: each for each in reversed(parsed) if each.is_ca}))


def _above(leaf: _Parsed, authorities: dict[bytes, _Parsed]) -> Iterator[_Parsed]:
    """The CA certificates above a leaf by their names: signatures are verified by who relies on them."""
    below, seen = leaf, set[int]()
    while len(seen) < CHAIN_LENGTH:
        above = authorities.get(below.issuer)
        if above is None or above.number in seen:
            return
        yield above
        seen.add(above.number)
        below = above


def _parsed(number: int, certificate: bytes) -> "_Parsed | str":
    """The certificate, or why it is refused."""
    if len(certificate) > CERTIFICATE_BYTES:
        return f"The certificate has more than {CERTIFICATE_BYTES // 1024} KiB."
    try:
        read = x509.load_der_x509_certificate(certificate)
        names = read.subject.public_bytes(), read.issuer.public_bytes()
        return _Parsed(number, certificate, *names, _is_authority(read))
    except Exception:  # on hostile bytes the library raises more kinds than its documentation names
        return "The certificate is malformed."


def _is_authority(certificate: x509.Certificate) -> bool:
    """Roots of version 1 have no extension that says so."""
    if certificate.version is x509.Version.v1:
        return certificate.subject == certificate.issuer
    return is_ca(certificate)
