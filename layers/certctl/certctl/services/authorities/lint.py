"""Lints CA certificates: what one would be like before its key, or the root's, signs anything, and what an
external root has signed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.domain.authorities.lint import LintFinding, require_no_error
from certctl.observability import logger

LintDers = Callable[[Sequence[bytes]], Sequence[Sequence[LintFinding]]]
"""The findings of each DER. Raises Unavailable."""


@dataclass(frozen=True)
class CaLint:
    """`lint` runs elsewhere: what parses a certificate never stands beside the key of a CA."""

    lint: LintDers

    def require_clean(self, certificates: Sequence[x509.Certificate]) -> None:
        """Logs warnings. Raises InvalidInput with every finding that is an error, Unavailable without any
        answer: a CA lives for years, and to make it can wait."""
        lists = self.lint([each.public_bytes(Encoding.DER) for each in certificates])
        for certificate, findings in zip(certificates, lists, strict=True):
            subject = certificate.subject.rfc4514_string()
            for finding in findings:
                logger.warning(
                    "a CA certificate has a finding", extra={"subject": subject, "finding": finding.text}
                )
            require_no_error(subject, findings)
