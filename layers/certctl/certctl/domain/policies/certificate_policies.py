"""Certificate policies that the leaves of a profile assert (RFC 5280, 4.2.1.4)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from certctl.domain.policies.usages import is_oid

ANY_POLICY = "2.5.29.32.0"
MOST_POLICIES = 8
_CPS_URI = re.compile(r"https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?(/[!-\[\]_a-z~]*)?", re.I)
_LONGEST_URI = 200


@dataclass(frozen=True)
class CertificatePolicy:
    """A policy by its OID, and where its certification practice statement can be read."""

    oid: str
    cps_uri: str | None = None


def certificate_policy_problems(policies: Sequence[CertificatePolicy]) -> Iterator[tuple[str, str]]:
    """(field, reason)."""
    oids = [policy.oid for policy in policies]
    if len(policies) > MOST_POLICIES or len(set(oids)) != len(oids):
        yield "policies", f"has {MOST_POLICIES} policies at most, none twice"
    for number, policy in enumerate(policies):
        if policy.oid == ANY_POLICY:
            yield f"policies.{number}.oid", "anyPolicy is for CAs: name the policy"
        elif not is_oid(policy.oid):
            yield f"policies.{number}.oid", f"{policy.oid[:80]!a} is no OID, such as 1.3.6.1.4.1.32473.1"
        if policy.cps_uri is not None and not _is_cps_uri(policy.cps_uri):
            yield f"policies.{number}.cps_uri", f"must be an http or https URL of {_LONGEST_URI} characters"


def _is_cps_uri(text: str) -> bool:
    return len(text) <= _LONGEST_URI and text.isascii() and bool(_CPS_URI.fullmatch(text))
