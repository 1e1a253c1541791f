"""dns-01 (RFC 8555 section 8.4)."""

from hashlib import sha256

from certctl.connectors.acme.lookups import LookupFailed
from certctl.connectors.acme.paths import Path
from certctl.domain.acme.challenges import Outcome, Proof, Refused, Validated
from certctl.domain.acme.problems import ProblemType
from certctl.domain.base64url import to_base64url


def dns_outcome(proof: Proof, path: Path) -> Outcome:
    """Any TXT record may match: one name may be proven for several orders at once."""
    try:
        found = path.lookups.txt(f"_acme-challenge.{proof.name}")
    except LookupFailed as failure:
        return Refused(ProblemType.DNS, f"dns-01: {failure.detail}")
    if not found:
        return Refused(ProblemType.INCORRECT_RESPONSE, "dns-01: there is no TXT record")
    if _digest(proof) not in found:
        return Refused(
            ProblemType.INCORRECT_RESPONSE, "dns-01: no TXT record is the digest of the key authorization"
        )
    return Validated()


def _digest(proof: Proof) -> bytes:
    return to_base64url(sha256(proof.key_authorization.encode()).digest()).encode()
