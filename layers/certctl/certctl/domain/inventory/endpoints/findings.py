"""Findings: what can be wrong with what an endpoint serves (docs/endpoints.md#findings)."""

from datetime import timedelta
from enum import StrEnum

from certctl.domain.notifications.statuses import Severity


class Finding(StrEnum):
    """What is wrong with what an endpoint serves. Stored and published."""

    STALE = "stale"
    """An older version than the one that was issued last."""
    UNEXPECTED = "unexpected"
    """A certificate that does not belong to the record, or not to the expected issuer."""
    NAME_MISMATCH = "name_mismatch"
    """A certificate without the name that clients ask for."""
    CHAIN_INCOMPLETE = "chain_incomplete"
    """A certificate whose issuers are known, but are not all sent."""
    UNTRUSTED = "untrusted"
    """No path to a public root or to a CA of the stack."""
    WEAK = "weak"
    """A key or a signature that can be broken."""
    OLD_PROTOCOL = "old_protocol"
    """TLS 1.1 or older is accepted (RFC 8996)."""
    REVOKED = "revoked"
    """A certificate that its CA has revoked."""
    UNREACHABLE = "unreachable"
    """No address shows a certificate."""


APART = timedelta(minutes=5)
"""The least time between the two probes that raise a finding."""

_UNREACHABLE_FOR = timedelta(hours=6)
"""A restart, or work on the network, is over by then."""

LISTED_IF_FREE = frozenset({Finding.CHAIN_INCOMPLETE, Finding.UNTRUSTED, Finding.UNREACHABLE})
"""Findings of endpoints without a certificate that are listed, and alert nobody."""

CRITICAL_LEFT = timedelta(days=7)
"""What is left of a stale certificate when its finding becomes critical."""

_CRITICAL = frozenset({Finding.NAME_MISMATCH, Finding.UNTRUSTED, Finding.REVOKED})
"""Clients refuse the connection."""


def patience(finding: Finding) -> timedelta:
    """How long probes must show a finding, without a good one between them, before it is raised."""
    return _UNREACHABLE_FOR if finding is Finding.UNREACHABLE else APART


def severity_of(finding: Finding, left: timedelta) -> Severity:
    """The severity of a finding about a certificate that is valid for so long."""
    ends_soon = finding is Finding.STALE and left <= CRITICAL_LEFT
    return Severity.CRITICAL if ends_soon or finding in _CRITICAL else Severity.WARNING
