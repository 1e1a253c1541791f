"""Deployments: jobs by which an agent installs a version where it is served."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(minutes=10)
"""Enough for a configuration test, a reload and a handshake, and for all of it again in a rollback."""
MAX_TARGETS = 20
"""The most targets of a certificate that an agent deploys: all their jobs are written with the version."""


@dataclass(frozen=True)
class Place:
    """A target, or an agent's host, for people. `name` is the id if the name is unknown."""

    id: str
    name: str


@dataclass(frozen=True)
class DeployableVersion:
    """The issued certificate in PEM: the leaf, and its issuers in order."""

    certificate_id: str
    serial_number: str
    certificate_pem: str
    chain_pem: str
    fingerprint_sha256: str
    not_after: datetime


@dataclass(frozen=True)
class DeploymentClaim:
    """The right to run one deployment job until `lease_until`; `attempt` is reported with the result."""

    job_id: str
    attempt: int
    lease_until: datetime


@dataclass(frozen=True)
class Result:
    """The agent's report of an attempt. `served_fingerprint_sha256` is what a handshake showed afterwards.
    `untouched`: refused before anything was changed, for a reason that another attempt would meet again."""

    attempt: int
    succeeded: bool
    error: str = ""
    rolled_back: bool = False
    served_fingerprint_sha256: str | None = None
    untouched: bool = False

    @property
    def leaves_former(self) -> bool:
        """Whether the previous files are restored and served."""
        return self.rolled_back or self.untouched
