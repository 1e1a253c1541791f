"""What AWS Private CA does, in memory: parameters and results are those of botocore's model."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.serials import parse_serial, serial_text
from tests.support.issuing.private_ca.templates import HASHES, TEMPLATES, CaKey, leaf_of

ARN = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-0000-4000-8000-000000000001"
TOKENS_LAST = timedelta(minutes=5)
_TEMPLATE = "arn:aws:acm-pca:::template/"
_BACKDATED = timedelta(minutes=60)
_SHORT = timedelta(days=7)
_FAMILIES = {"RSA": "RSA", "EC": "ECDSA"}
Result = dict[str, Any]
Parameters = Mapping[str, Any]


class AwsError(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass
class Signed:
    """A certificate; signed a moment after it was accepted."""

    pem: str
    serial: str
    ready_at: datetime
    reason: str | None = None


@dataclass
class PrivateCaModel:
    now: Callable[[], datetime]
    key_algorithm: str = "EC_prime256v1"
    usage_mode: str = "GENERAL_PURPOSE"
    status: str = "ACTIVE"
    lasts: timedelta = timedelta(days=3650)
    signing_takes: timedelta = timedelta(seconds=2)
    """How long GetCertificate answers with RequestInProgressException."""
    forge: Callable[[x509.CertificateBuilder], x509.CertificateBuilder] = lambda leaf: leaf
    """Changes the leaf before it is signed."""
    fails_signing: bool = False
    refused_name: str = "refused.example.com"
    signed: dict[str, Signed] = field(default_factory=dict)
    """Certificates by ARN."""
    tokens: dict[str, tuple[datetime, str, Parameters]] = field(default_factory=dict)
    calls: list[tuple[str, Parameters]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = _key(self.key_algorithm)
        self.not_after = (self.now() + self.lasts).replace(microsecond=0)
        root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = _ca("Root", root_key, root_key, None, self.now(), self.not_after)
        self.certificate = _ca("Issuing", self.key, root_key, self.root, self.now(), self.not_after)
        self._one_at_a_time = threading.Lock()

    def call(self, operation: str, parameters: Parameters) -> Result:
        """Raises AwsError."""
        with self._one_at_a_time:
            self.calls.append((operation, parameters))
            if parameters["CertificateAuthorityArn"] != ARN:
                raise AwsError("ResourceNotFoundException", "Could not find Certificate Authority")
            match operation:
                case "DescribeCertificateAuthority":
                    return self._described()
                case "IssueCertificate":
                    return {"CertificateArn": self._issued(parameters)}
                case "GetCertificate":
                    return self._found(parameters["CertificateArn"])
                case "RevokeCertificate":
                    return self._revoked(parameters)
            raise AwsError("UnknownOperationException", operation)

    def serials(self) -> list[str]:
        return [each.serial for each in self.signed.values()]

    def reason_of(self, serial: str) -> str | None:
        return next(each.reason for each in self.signed.values() if each.serial == serial)

    def _described(self) -> Result:
        authority = {
            "Arn": ARN,
            "OwnerAccount": ARN.split(":")[4],
            "Type": "SUBORDINATE",
            "Status": self.status,
            "NotBefore": self.certificate.not_valid_before_utc,
            "NotAfter": self.not_after,
            "UsageMode": self.usage_mode,
            "CertificateAuthorityConfiguration": {
                "KeyAlgorithm": self.key_algorithm,
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": {"CommonName": "Issuing"},
            },
        }
        return {"CertificateAuthority": authority}

    def _issued(self, parameters: Parameters) -> str:
        self._require_active()
        known = self._known(parameters)
        if known is not None:
            return known
        leaf = self._leaf(parameters)
        arn = f"{ARN}/certificate/{serial_text(leaf.serial_number)}"
        pem = leaf.public_bytes(Encoding.PEM).decode()
        self.signed[arn] = Signed(pem, serial_text(leaf.serial_number), self.now() + self.signing_takes)
        if token := parameters.get("IdempotencyToken"):
            self.tokens[token] = self.now(), arn, parameters
        return arn

    def _known(self, parameters: Parameters) -> str | None:
        """AWS does not say what another request with the same token is: nobody may rely on it."""
        since, arn, before = self.tokens.get(parameters.get("IdempotencyToken", ""), (None, "", {}))
        if since is None or self.now() >= since + TOKENS_LAST:
            return None
        if before != parameters:
            raise AwsError("InvalidArgsException", "the token came with another request")
        return arn

    def _leaf(self, parameters: Parameters) -> x509.Certificate:
        csr = _csr(parameters["Csr"])
        name = parameters["TemplateArn"].removeprefix(_TEMPLATE)
        if name not in TEMPLATES:
            raise AwsError("InvalidArgsException", f"no template {name}")
        begins, ends = self._validity(parameters)
        algorithm, _, family = parameters["SigningAlgorithm"].partition("WITH")
        if family != _FAMILIES[self.key_algorithm.partition("_")[0]]:
            raise AwsError("InvalidArgsException", "the signing algorithm does not match the CA's key")
        if self.refused_name in str(parameters["Csr"]) or _has_name(csr, self.refused_name):
            raise AwsError("MalformedCSRException", "the CSR was refused")
        leaf = self.forge(leaf_of(csr, TEMPLATES[name], begins, ends, self.certificate))
        return leaf.sign(self.key, HASHES[algorithm]())

    def _validity(self, parameters: Parameters) -> tuple[datetime, datetime]:
        now = self.now().replace(microsecond=0)
        begins = now - _BACKDATED
        if "ValidityNotBefore" in parameters:
            begins = _moment(parameters["ValidityNotBefore"], now)
        ends = _moment(parameters["Validity"], now)
        if ends > self.not_after:
            raise AwsError("ValidationException", "the validity exceeds that of the certificate authority")
        if ends <= now:
            raise AwsError("ValidationException", "the validity is in the past")
        if self.usage_mode == "SHORT_LIVED_CERTIFICATE" and ends - now > _SHORT:
            raise AwsError("ValidationException", "the validity exceeds seven days")
        return begins, ends

    def _found(self, arn: str) -> Result:
        if arn not in self.signed:
            raise AwsError("ResourceNotFoundException", "Could not find certificate")
        if self.fails_signing:
            raise AwsError("RequestFailedException", "The request to issue certificate failed")
        found = self.signed[arn]
        if self.now() < found.ready_at:
            raise AwsError("RequestInProgressException", "The request to issue certificate is in progress")
        chain = [self.certificate, self.root]
        pems = "\n".join(each.public_bytes(Encoding.PEM).decode().strip() for each in chain)
        return {"Certificate": found.pem.strip(), "CertificateChain": pems}

    def _revoked(self, parameters: Parameters) -> Result:
        self._require_active()
        serial = parse_serial(parameters["CertificateSerial"])
        found = next((each for each in self.signed.values() if each.serial == serial), None)
        if found is None:
            raise AwsError("ResourceNotFoundException", "Could not find certificate")
        if found.reason is not None:
            raise AwsError("RequestAlreadyProcessedException", "The certificate is already revoked")
        found.reason = parameters["RevocationReason"]
        return {}

    def _require_active(self) -> None:
        if self.status != "ACTIVE":
            raise AwsError("InvalidStateException", f"The certificate authority is {self.status}")


def _key(algorithm: str) -> CaKey:
    if algorithm.startswith("RSA_"):
        return rsa.generate_private_key(65537, int(algorithm.removeprefix("RSA_")))
    curves: dict[str, type[ec.EllipticCurve]] = {
        "EC_prime256v1": ec.SECP256R1,
        "EC_secp384r1": ec.SECP384R1,
        "EC_secp521r1": ec.SECP521R1,
    }
    return ec.generate_private_key(curves[algorithm]())


def _csr(pem: bytes) -> x509.CertificateSigningRequest:
    try:
        csr = x509.load_pem_x509_csr(pem)
    except ValueError:
        raise AwsError("MalformedCSRException", "the CSR cannot be read") from None
    if not list(csr.subject) and not _names(csr):
        raise AwsError("MalformedCSRException", "the CSR has neither a subject nor a name")
    return csr


def _names(csr: x509.CertificateSigningRequest) -> list[str]:
    try:
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names]


def _has_name(csr: x509.CertificateSigningRequest, name: str) -> bool:
    return name in _names(csr)


def _moment(validity: Parameters, now: datetime) -> datetime:
    kind, value = validity["Type"], validity["Value"]
    if kind == "ABSOLUTE":
        return datetime.fromtimestamp(value, now.tzinfo)
    if kind == "END_DATE":
        text = str(value)
        return datetime.strptime(text, "%Y%m%d%H%M%S" if len(text) == 14 else "%y%m%d%H%M%S").replace(
            tzinfo=now.tzinfo
        )
    return now + timedelta(days=value * {"DAYS": 1, "MONTHS": 30, "YEARS": 365}[kind])


def _ca(
    name: str,
    key: CaKey,
    signer: CaKey,
    issuer: x509.Certificate | None,
    now: datetime,
    ends: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
