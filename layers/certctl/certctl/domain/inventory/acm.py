"""Certificates of AWS Certificate Manager, and how an account's are divided into scopes."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

INTERVAL = timedelta(days=1)
CERTIFICATES_PER_SCOPE = 1_000
MOST_SCOPES = 16
MOST_CERTIFICATES = CERTIFICATES_PER_SCOPE * MOST_SCOPES
RENEWED_BY = "AWS Certificate Manager"


@dataclass(frozen=True)
class AcmCertificate:
    """`certificate` and `chain` are DER, the chain from the issuer on. `used_by` are the ARNs of what uses
    the certificate: load balancers, distributions, APIs."""

    arn: str
    certificate: bytes
    chain: tuple[bytes, ...] = ()
    used_by: tuple[str, ...] = ()
    is_renewed_by_aws: bool = False

    def places(self) -> list[str]:
        """The certificate's own ARN, and each user's, which may use several certificates."""
        name = self.arn.rpartition("/")[2]
        return [self.arn, *(f"{each}#{name}" for each in sorted(set(self.used_by)))]


def divided(arns: Sequence[str], scopes: int) -> list[list[str]]:
    """The ARNs of each scope: of one, or of 16 if there are more than 1,000 certificates or were before, so
    that the scan of a scope ends within one run. `scopes` is their number so far. Raises ValueError if there
    are more than 16,000 certificates."""
    if len(arns) > MOST_CERTIFICATES:
        raise ValueError(f"more than {MOST_CERTIFICATES:,} certificates")
    number = 1 if scopes <= 1 and len(arns) <= CERTIFICATES_PER_SCOPE else MOST_SCOPES
    parts: list[list[str]] = [[] for _ in range(number)]
    for arn in sorted(arns):
        parts[_part_of(arn, number)].append(arn)
    return parts


def _part_of(arn: str, number: int) -> int:
    return int(hashlib.sha256(arn.encode()).hexdigest()[:8], 16) % number


def fingerprints(ders: Iterable[bytes]) -> dict[str, bytes]:
    """The certificates by their SHA-256 in hexadecimal digits."""
    return {hashlib.sha256(each).hexdigest(): each for each in ders}
