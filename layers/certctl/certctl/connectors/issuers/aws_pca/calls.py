"""The four calls of AWS Private CA that an issuer makes. Each is sent once: jobs repeat them, with pauses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.connectors.issuers.aws_pca.failures import ErrorCode, NoAnswer, NotNow, Refused, translated
from certctl.connectors.issuers.aws_pca.orders import TokenOrder

_ACTIVE = "ACTIVE"
_SIGNING_ALGORITHMS = {
    "RSA_2048": "SHA256WITHRSA",
    "RSA_3072": "SHA256WITHRSA",
    "RSA_4096": "SHA256WITHRSA",
    "EC_prime256v1": "SHA256WITHECDSA",
    "EC_secp384r1": "SHA384WITHECDSA",
    "EC_secp521r1": "SHA512WITHECDSA",
}
"""The algorithm by the CA's key: RSASSA-PKCS1-v1_5, or ECDSA with the hash of the curve's size."""
_IN_PROGRESS, _FAILED = "RequestInProgressException", "RequestFailedException"
_GONE = "ResourceNotFoundException"
_DONE_BEFORE = "RequestAlreadyProcessedException"
REASONS = {
    0: "UNSPECIFIED",
    1: "KEY_COMPROMISE",
    2: "CERTIFICATE_AUTHORITY_COMPROMISE",
    3: "AFFILIATION_CHANGED",
    4: "SUPERSEDED",
    5: "CESSATION_OF_OPERATION",
    9: "PRIVILEGE_WITHDRAWN",
    10: "A_A_COMPROMISE",
}
"""CRLReasons of RFC 5280, section 5.3.1, by AWS's names. It has none for holds."""


@dataclass(frozen=True)
class CertificateAuthority:
    status: str
    key_algorithm: str
    usage_mode: str
    not_after: datetime | None

    @property
    def signing_algorithm(self) -> str | None:
        """Returns None for a key that this connector does not know, such as one of ML-DSA."""
        return _SIGNING_ALGORITHMS.get(self.key_algorithm)

    @property
    def is_active(self) -> bool:
        return self.status == _ACTIVE


class IssuanceFailed(Exception):
    """AWS did not sign the certificate that it had accepted to sign."""


@dataclass(frozen=True)
class PrivateCa:
    """One CA. All calls raise Refused, NotNow or NoAnswer."""

    arn: str
    client: Any
    """acm-pca in the CA's region, which sends each request once. Its stubs are not among ours."""
    noted: Callable[[str | None], None]
    """Records the contact: None, or why there was none."""

    def describe(self) -> CertificateAuthority:
        """Raises Refused for a CA that does not exist."""
        try:
            with self._calling("DescribeCertificateAuthority", _GONE):
                response = self.client.describe_certificate_authority(CertificateAuthorityArn=self.arn)
        except ErrorCode as error:
            raise Refused(str(error)) from None
        found = response["CertificateAuthority"]
        configuration = found.get("CertificateAuthorityConfiguration", {})
        return CertificateAuthority(
            status=found.get("Status", ""),
            key_algorithm=configuration.get("KeyAlgorithm", ""),
            usage_mode=found.get("UsageMode", "GENERAL_PURPOSE"),
            not_after=found.get("NotAfter"),
        )

    def issue(self, order: TokenOrder, csr_pem: str) -> str:
        """The ARN of the certificate, which AWS goes on to sign."""
        with self._calling("IssueCertificate"):
            response = self.client.issue_certificate(
                CertificateAuthorityArn=self.arn,
                Csr=csr_pem.encode(),
                SigningAlgorithm=order.plan.signing_algorithm,
                TemplateArn=order.plan.template_arn,
                Validity={"Type": "ABSOLUTE", "Value": int(order.not_after.timestamp())},
                ValidityNotBefore={"Type": "ABSOLUTE", "Value": int(order.not_before.timestamp())},
                IdempotencyToken=order.token,
            )
        return str(response["CertificateArn"])

    def chain(self, certificate_arn: str) -> str | None:
        """The leaf and its chain; None if it is not signed yet. Raises IssuanceFailed too."""
        try:
            with self._calling("GetCertificate", _IN_PROGRESS, _FAILED):
                response = self.client.get_certificate(
                    CertificateAuthorityArn=self.arn, CertificateArn=certificate_arn
                )
        except ErrorCode as error:
            if error.code == _IN_PROGRESS:
                return None
            raise IssuanceFailed(str(error)) from None
        return f"{response['Certificate']}\n{response.get('CertificateChain', '')}\n"

    def revoke(self, serial: str, reason: str) -> bool:
        """Whether it was revoked before. `serial` is hexadecimal."""
        try:
            with self._calling("RevokeCertificate", _DONE_BEFORE):
                self.client.revoke_certificate(
                    CertificateAuthorityArn=self.arn,
                    CertificateSerial=serial,
                    RevocationReason=reason,
                )
        except ErrorCode:
            return True
        return False

    @contextmanager
    def _calling(self, call: str, *codes: str) -> Iterator[None]:
        """An error of AWS that describes the request is a response, too."""
        fault: str | None = None
        try:
            with translated(call, *codes):
                yield
        except (NotNow, NoAnswer) as failure:
            fault = str(failure)
            raise
        finally:
            self.noted(fault)
