"""AWS Certificate Manager of the own account and region: lists and reads certificates, never keys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.connectors.aws.errors import error_code, unavailable_when_transient
from certctl.domain.inventory.acm import AcmCertificate

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient

# ListCertificates hides certificates by default: these filters name all that there are.
KEY_TYPES = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)
KEY_ORIGINS = ("AWS_MANAGED", "ACME", "CUSTOMER_PROVIDED")
HIDDEN_ROOTS = ("N2_AMAZON_MANAGED", "N2_SFG2_AMAZON_MANAGED")
"""With them only these are listed: a second list."""
WITH_CERTIFICATE = ("ISSUED", "INACTIVE", "EXPIRED", "REVOKED")
_PAGE = 1_000
_GONE = frozenset({"ResourceNotFoundException", "RequestInProgressException"})


@dataclass(frozen=True)
class CertificateManager:
    """Create the client with several attempts: the service allows ten requests a second. All raise
    Unavailable, Overloaded if it still throttles, AccessDenied."""

    client: "ACMClient"

    def arns(self, most: int) -> list[str]:
        """The ARNs of all certificates that have been issued, sorted; one more than `most` at most."""
        found = set[str]()
        for filters in ({}, {"RootHierarchyTypes": HIDDEN_ROOTS}):
            for page in self._pages(filters):
                found.update(page)
                if len(found) > most:
                    return sorted(found)[: most + 1]
        return sorted(found)

    def read(self, arn: str) -> AcmCertificate | None:
        """Returns None if the certificate has been deleted, or cannot be parsed."""
        try:
            with unavailable_when_transient("ACM"):
                facts = self.client.describe_certificate(CertificateArn=arn)["Certificate"]
                text = self.client.get_certificate(CertificateArn=arn)
        except ClientError as error:
            if error_code(error) in _GONE:
                return None
            raise
        return _read(arn, facts, text["Certificate"], text.get("CertificateChain", ""))

    def _pages(self, filters: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
        wanted: dict[str, Any] = {
            "CertificateStatuses": list(WITH_CERTIFICATE),
            "CertificateKeyPairOrigins": list(KEY_ORIGINS),
            "Includes": {"keyTypes": list(KEY_TYPES)},
            "MaxItems": _PAGE,
            **{name: list(values) for name, values in filters.items()},
        }
        while True:
            with unavailable_when_transient("ACM"):
                page = self.client.list_certificates(**wanted)
            yield [each["CertificateArn"] for each in page["CertificateSummaryList"]]
            if not page.get("NextToken"):
                return
            wanted["NextToken"] = page["NextToken"]


def _read(arn: str, facts: Mapping[str, Any], leaf: str, chain: str) -> AcmCertificate | None:
    try:
        certificates = [*_ders(leaf), *_ders(chain)]
    except ValueError:
        return None
    is_renewed = facts.get("RenewalEligibility") == "ELIGIBLE" and facts.get("Type") != "IMPORTED"
    return AcmCertificate(
        arn, certificates[0], tuple(certificates[1:]), tuple(facts.get("InUseBy", ())), is_renewed
    )


def _ders(text: str) -> list[bytes]:
    if not text:
        return []
    return [each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(text.encode())]
