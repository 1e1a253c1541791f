"""Probes: what an endpoint showed at each of its addresses, once its certificates are judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from certctl.domain.inventory.endpoints.findings import Finding

MAX_ADDRESSES = 8
MAX_CHAIN = 10
LARGEST_CERTIFICATE = 64 * 1024
"""In bytes of DER."""


class Starttls(StrEnum):
    """The protocol in which TLS begins; an endpoint without one begins with TLS."""

    SMTP = "smtp"
    IMAP = "imap"
    LDAP = "ldap"
    POSTGRES = "postgres"
    MYSQL = "mysql"


class Offer(StrEnum):
    """What a handshake offers to the server: everything, certificates of one kind of key, or old protocols
    alone."""

    DEFAULT = "default"
    RSA = "rsa"
    ECDSA = "ecdsa"
    TLS_1_0 = "tls1.0"
    TLS_1_1 = "tls1.1"

    @property
    def is_old(self) -> bool:
        return self in (Offer.TLS_1_0, Offer.TLS_1_1)


class ProbeError(StrEnum):
    """Why a handshake failed. `tls` and `protocol`: the server was reached."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    PROTOCOL = "protocol"


class Note(StrEnum):
    """What is worth knowing and needs no act."""

    SURPLUS_EXPIRED = "surplus_expired"
    """An expired certificate is sent that no valid path needs."""
    NOT_VERIFIED = "not_verified"
    """A key is larger than those that are verified."""
    LEAF_ONLY = "leaf_only"
    """The prober could not read the chain, so it was not judged."""
    REVOCATION_UNKNOWN = "revocation_unknown"
    """The CRL, or the OCSP response, that the certificate names could not be had or relied on."""


class Revocation(StrEnum):
    """What the CA of a certificate says about it."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_TOLD = "not_told"
    """The certificate names nothing that would tell."""


OLD_PROTOCOLS = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.1"})


@dataclass(frozen=True)
class ServedLeaf:
    """The leaf that a handshake showed, judged with its chain."""

    fingerprint: str
    """SHA-256 of the DER, 64 hex digits."""
    key: str
    """The kind of its key: `RSA`, `ECDSA`, or the name of another algorithm."""
    issuer: str
    """The issuer's name in RFC 4514."""
    not_after: datetime
    faults: frozenset[Finding] = frozenset()
    notes: frozenset[Note] = frozenset()

    def after(self, revocation: Revocation) -> "ServedLeaf":
        """The leaf with what its CA says."""
        match revocation:
            case Revocation.REVOKED:
                return replace(self, faults=self.faults | {Finding.REVOKED})
            case Revocation.UNKNOWN:
                return replace(self, notes=self.notes | {Note.REVOCATION_UNKNOWN})
            case _:
                return self


@dataclass(frozen=True)
class Handshake:
    """One handshake. A failed one may have shown a certificate before it failed."""

    offer: Offer
    version: str | None = None
    leaf: ServedLeaf | None = None
    error: ProbeError | None = None

    def after(self, found: Mapping[str, Revocation]) -> "Handshake":
        """The handshake with what is `found` of its leaf, by fingerprint."""
        if self.leaf is None or self.leaf.fingerprint not in found:
            return self
        return replace(self, leaf=self.leaf.after(found[self.leaf.fingerprint]))

    @property
    def speaks_old_protocol(self) -> bool:
        return self.version in OLD_PROTOCOLS

    @property
    def is_answered(self) -> bool:
        """Whether the server has shown what it does with the offer: a default one needs a certificate, others
        may be refused."""
        was_reached = self.error in (ProbeError.TLS, ProbeError.PROTOCOL)
        return self.leaf is not None or (was_reached and self.offer is not Offer.DEFAULT)


@dataclass(frozen=True)
class AddressProbe:
    """The handshakes with one address; none if the prober cannot see such an address."""

    address: str
    handshakes: tuple[Handshake, ...] = ()

    def has_answered(self, offer: Offer) -> bool:
        return any(each.offer is offer and each.is_answered for each in self.handshakes)


@dataclass(frozen=True)
class Probe:
    """What one prober saw of an endpoint. `probed_at` is by the prober's clock: it tells a repeated report
    from a new one, and nothing else is decided by it."""

    endpoint_id: str
    probed_at: datetime
    addresses: tuple[AddressProbe, ...] = ()

    @property
    def seen(self) -> tuple[AddressProbe, ...]:
        """The addresses that the prober can see."""
        return tuple(each for each in self.addresses if each.handshakes)

    @property
    def handshakes(self) -> Iterator[tuple[str, Handshake]]:
        """Each handshake with its address."""
        for each in self.addresses:
            for handshake in each.handshakes:
                yield each.address, handshake

    def with_revocations(self, found: Mapping[str, Revocation]) -> "Probe":
        """The probe with what CAs say of its leaves, by fingerprint."""
        addresses = (
            replace(each, handshakes=tuple(one.after(found) for one in each.handshakes))
            for each in self.addresses
        )
        return replace(self, addresses=tuple(addresses))

    @property
    def leaves(self) -> Iterator[tuple[str, Offer, ServedLeaf]]:
        """Each leaf with its address and offer."""
        for address, handshake in self.handshakes:
            if handshake.leaf is not None:
                yield address, handshake.offer, handshake.leaf

    def answers(self, offer: Offer, addresses: tuple[str, ...]) -> bool:
        """Whether those of `addresses` that the name still has have answered the offer, or, if it has none of
        them, any address."""
        asked = [each for each in self.seen if each.address in addresses]
        if not asked:
            return any(each.has_answered(offer) for each in self.seen)
        return all(each.has_answered(offer) for each in asked)
