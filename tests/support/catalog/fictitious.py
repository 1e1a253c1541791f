"""A kind of issuer and a kind of target that no stack has. They show the parts of a kind: a definition each,
and for the issuer a connector, here for an in-memory CA."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certctl.connectors.issuers.base import IssuerDependencies, IssuerUnavailable
from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.agents.kinds.host_settings import file, reloaded_by
from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.catalog.field_rules import https_url, one_of
from certctl.domain.catalog.kinds import CatalogKinds
from certctl.domain.catalog.records import AnyEntry
from certctl.domain.catalog.registry import Kinds
from certctl.domain.catalog.settings import Option, Setting, SettingForm
from certctl.domain.issuing.external import (
    Issued,
    IssueOutcome,
    NothingSigned,
    OrderRequest,
    Pending,
    RenewalWindow,
    RevocationConfirmed,
    RevocationOutcome,
    SettleOutcome,
)
from certctl.domain.issuing.kinds.definitions import IssuerDefinition, ServerCheck
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS


def _internal_names_only(_config: Mapping[str, Any], _kind: str, name: str) -> list[str]:
    return [] if name.endswith(".example.com") else [f"{name}: the lab knows names below example.com only"]


LAB_CA = IssuerDefinition(
    type="LabCA",
    label="CA of the lab",
    help="A CA of the tests.",
    settings={
        "server": Setting(
            https_url, required=True, label="Server", pattern=r"^https:\/\/", expected="An https URL."
        ),
        "credentials": Setting(
            required=True,
            label="Credentials",
            help="Of an account at the lab.",
            parts={
                "password": Setting(label="Password", form=SettingForm.SECRET, reference_of="issuers"),
            },
        ),
        "level": Setting(
            one_of("normal", "high"),
            label="Level",
            form=SettingForm.CHOICE,
            options=(Option("normal", "Normal"), Option("high", "High")),
            default="normal",
        ),
    },
    server_check=ServerCheck("health", "the lab said that it is well"),
    reasons_against=_internal_names_only,
)
KEYSTORE = TargetDefinition(
    type="Keystore",
    label="Keystore",
    help="A target of the tests.",
    settings={
        "keystore_path": file("Keystore", "One file with everything.", required=True),
        "reload_command": reloaded_by("shopctl", "reload"),
    },
)
KINDS = CatalogKinds(Kinds(*ISSUER_KINDS, LAB_CA), Kinds(*TARGET_KINDS, KEYSTORE))


@dataclass
class Lab:
    """The CA behind the connector; `fault` is the reason why it does not respond."""

    now: Callable[[], datetime]
    fault: str | None = None
    levels: list[str] = field(default_factory=list)
    """The orders that it received."""
    revoked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lab CA")])
        self._certificate = _certificate_of_ca(self._name, self._key, self.now())

    def signed(self, certificate_pem: str) -> bool:
        """Whether this CA signed it."""
        try:
            x509.load_pem_x509_certificate(certificate_pem.encode()).verify_directly_issued_by(
                self._certificate
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    def build(self, entry: AnyEntry, dependencies: IssuerDependencies) -> "LabIssuer":
        """The factory of this kind."""
        return LabIssuer(self, entry.id, entry.content.config.get("level", "normal"), dependencies)

    def sign(self, csr_pem: str) -> str:
        csr, now = x509.load_pem_x509_csr(csr_pem.encode()), self.now()
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        leaf = (
            x509.CertificateBuilder()
            .subject_name(csr.subject)
            .issuer_name(self._name)
            .public_key(csr.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(names.value, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return "".join(c.public_bytes(Encoding.PEM).decode() for c in (leaf, self._certificate))


def _certificate_of_ca(name: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


@dataclass(frozen=True)
class LabIssuer:
    lab: Lab
    issuer_id: str
    level: str
    dependencies: IssuerDependencies

    def submit(self, request: OrderRequest) -> IssueOutcome:
        self._reach()
        self.lab.levels.append(self.level)
        return Pending({"ticket": "1"}, timedelta(), may_be_signed=True, needs_cleanup=False)

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        self._reach()
        return Issued(self.lab.sign(request.csr_pem))

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        return NothingSigned()

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        self._reach()
        self.lab.revoked.append(certificate_pem)
        return RevocationConfirmed()

    def server_fault(self) -> str | None:
        return self.lab.fault

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        return None

    def _reach(self) -> None:
        self.dependencies.health.record(self.issuer_id, self.lab.fault)
        if self.lab.fault is not None:
            raise IssuerUnavailable(self.lab.fault)
