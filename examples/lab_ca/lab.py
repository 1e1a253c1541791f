"""A CA in memory. Fields let a test make it fail as a server does: down, limiting, without a response."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certctl.crypto.serials import serial_text

REFUSED_NAME = "refused.example.com"
_DAY = timedelta(days=1)


class LabDown(Exception):
    """The lab does not respond, or asks for a wait. It did nothing."""

    def __init__(self, detail: str, wait: timedelta | None = None) -> None:
        super().__init__(detail)
        self.wait = wait


class NoResponse(Exception):
    """The connection ended after the request was sent: the lab may have done what was requested."""


class LabRefused(Exception):
    """The lab refuses the request, and would refuse it again."""


class NoSuchTicket(Exception):
    """The lab has no order with this ticket, or signs nothing more for it."""


@dataclass
class LabOrder:
    chain: str | None = None
    is_closed: bool = False


@dataclass
class Lab:
    now: Callable[[], datetime]
    fault: str | None = None
    """Why it does not respond."""
    wait: timedelta | None = None
    """What it asks of each caller, as by `Retry-After`."""
    loses_responses: bool = False
    """The CA signs, and its responses are lost."""
    takes_reasons: Collection[int | None] = (None, 0, 1, 3, 4, 5)
    levels: list[str] = field(default_factory=list)
    """The levels of the orders that the CA received."""
    signed: dict[str, str] = field(default_factory=dict)
    """The chains that it signed, by serial number."""
    revoked: dict[str, int | None] = field(default_factory=dict)
    """Reason codes by serial number."""
    orders: dict[str, LabOrder] = field(default_factory=dict)
    """Orders by ticket."""

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lab CA")])
        self._certificate = _certificate_of_ca(self._name, self._key, self.now())

    def ping(self) -> None:
        if self.fault is not None:
            raise LabDown(self.fault)
        if self.wait is not None:
            raise LabDown("the lab said: too many requests", self.wait)

    def open(self, names: Collection[str], level: str) -> str:
        """A new order's ticket."""
        self.ping()
        _require_allowed(names)
        self.levels.append(level)
        ticket = f"ticket-{len(self.levels)}"
        self.orders[ticket] = LabOrder()
        return ticket

    def sign_for(self, ticket: str, csr_pem: str) -> str:
        """The order's chain: the same one for each call."""
        order = self._order(ticket)
        if order.is_closed:
            raise NoSuchTicket(ticket)
        order.chain = order.chain or self.sign(csr_pem)
        self._respond()
        return order.chain

    def find(self, ticket: str) -> str | None:
        """The order's chain; None if it is not signed."""
        return self._order(ticket).chain

    def close(self, ticket: str) -> None:
        """Nothing is signed for the order any more."""
        self._order(ticket).is_closed = True

    def _order(self, ticket: str) -> LabOrder:
        self.ping()
        if ticket not in self.orders:
            raise NoSuchTicket(ticket)
        return self.orders[ticket]

    def sign_at_once(self, csr_pem: str) -> str:
        """Another certificate for each call."""
        self.ping()
        _require_allowed(_names_of(csr_pem))
        chain = self.sign(csr_pem)
        self._respond()
        return chain

    def revoke(self, certificate_pem: str, reason_code: int | None) -> bool:
        """Whether it was revoked before."""
        self.ping()
        serial = serial_of(certificate_pem)
        if serial not in self.signed:
            raise LabRefused("the lab has not signed this certificate")
        was_revoked = serial in self.revoked
        self.revoked.setdefault(serial, reason_code)
        return was_revoked

    def has_signed(self, certificate_pem: str) -> bool:
        try:
            x509.load_pem_x509_certificate(certificate_pem.encode()).verify_directly_issued_by(
                self._certificate
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    def sign(self, csr_pem: str) -> str:
        """Without any of its faults. The leaf first."""
        csr, now = x509.load_pem_x509_csr(csr_pem.encode()), self.now()
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        leaf = (
            x509.CertificateBuilder()
            .subject_name(csr.subject)
            .issuer_name(self._name)
            .public_key(csr.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + 30 * _DAY)
            .add_extension(names.value, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        chain = "".join(c.public_bytes(Encoding.PEM).decode() for c in (leaf, self._certificate))
        self.signed[serial_of(chain)] = chain
        return chain

    def _respond(self) -> None:
        if self.loses_responses:
            raise NoResponse("the connection ended")


def _require_allowed(names: Collection[str]) -> None:
    if REFUSED_NAME in names:
        raise LabRefused(f"the lab does not issue for {REFUSED_NAME}")


def _names_of(csr_pem: str) -> Collection[str]:
    csr = x509.load_pem_x509_csr(csr_pem.encode())
    names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


def serial_of(certificate_pem: str) -> str:
    return serial_text(x509.load_pem_x509_certificate(certificate_pem.encode()).serial_number)


def _certificate_of_ca(name: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 3650 * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
