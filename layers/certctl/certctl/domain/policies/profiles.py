"""Certificate profiles: allowed requests, and the content and lifetime of leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.subjects import SubjectRule
from certctl.domain.policies.usages import TLS_USAGES, ExtendedKeyUsage, KeyAlgorithm

_DEFAULT_TTL = timedelta(days=200)
BACKDATED_BY = timedelta(minutes=5)
_BACKDATED_PART = 10
_LAST_SECOND = timedelta(seconds=1)
MOST_APPROVALS = 3
MOST_TEAMS = 40
LONGEST_WITHOUT_REVOCATION = timedelta(days=7)
"""The longest lifetime with `no_rev_avail`: a revocation that clients do not see ends with the
certificate."""


@dataclass(frozen=True)
class KeyRule:
    """A key algorithm and its sizes in bits (of the modulus or the curve); no sizes means any that the CA
    accepts."""

    algorithm: KeyAlgorithm
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Profile:
    """Leaves are valid for `max_ttl`, from the first to the last second. Without `keys` any key that the CA
    accepts is allowed, without `san_patterns` any name. With `requires_approval` a job waits until
    `approvals_required` others approve it, 1 to 3. With `no_rev_avail` its leaves name neither CRL nor OCSP
    responder but have the extension noRevAvail (RFC 9608), if the stack's own CA issues them.

    `extended_key_usages` are names of `ExtendedKeyUsage`, or OIDs. `subject` has a rule for each attribute
    that leaves may have beside the common name. `policies` are the certificate policies that they assert.
    `teams` are those whose certificates may have the profile; None for all."""

    extended_key_usages: tuple[str, ...]
    description: str = ""
    max_ttl: timedelta = _DEFAULT_TTL
    keys: tuple[KeyRule, ...] = ()
    san_patterns: tuple[str, ...] = ()
    requires_approval: bool = False
    approvals_required: int = 1
    no_rev_avail: bool = False
    teams: tuple[str, ...] | None = None
    subject: Mapping[str, SubjectRule] = field(default_factory=dict)
    policies: tuple[CertificatePolicy, ...] = ()

    @property
    def approvals(self) -> int:
        """How many people must approve a job; 0 for none."""
        return self.approvals_required if self.requires_approval else 0

    @property
    def needs_teams(self) -> bool:
        """Whether it must name teams: what it lets their people do is more than a TLS certificate, or they
        choose whom its leaves name."""
        others = set(self.extended_key_usages) - TLS_USAGES
        return bool(others) or any(rule.allowed is not None for rule in self.subject.values())

    def may_be_used_by(self, team_id: str) -> bool:
        return self.teams is None or team_id in self.teams

    def validity(self, now: datetime) -> tuple[datetime, datetime]:
        """notBefore and notAfter of a leaf that is issued now. RFC 5280 (4.1.2.5) counts both seconds, so
        that 200 days are 17,280,000 s exactly. It begins earlier, for clocks that are slow: by five minutes,
        or a tenth of a short lifetime, which is part of it."""
        begins = now.replace(microsecond=0) - _backdated_by(self.max_ttl)
        return begins, begins + self.max_ttl - _LAST_SECOND


def _backdated_by(lifetime: timedelta) -> timedelta:
    part = timedelta(seconds=int(lifetime.total_seconds()) // _BACKDATED_PART)
    return min(BACKDATED_BY, part)


_SERVER, _CLIENT = ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH
BUILT_IN_PROFILES: Mapping[str, Profile] = {
    "server": Profile((_SERVER,), "TLS servers"),
    "mtls": Profile((_SERVER, _CLIENT), "Services that are both servers and clients"),
    "client": Profile((_CLIENT,), "TLS clients"),
}
