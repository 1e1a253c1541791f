"""Requests of callers, parsed and normalised, before they are checked; and the results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from certctl.domain.certificates.certificates import Certificate

if TYPE_CHECKING:
    # not at import: requests are read by more functions than jobs
    from certctl.domain.jobs import Job

DEFAULT_TEAM = "t-default"
DEFAULT_OWNER = "o-default"
DEFAULT_ISSUER = "iss-local"
DEFAULT_RENEWAL_POLICY = "rp-default"
DEFAULT_PROFILE = "server"


@dataclass(frozen=True)
class NewCertificate:
    """A request for a certificate. Only `common_name` is required; None takes the default."""

    common_name: str
    id: str | None = None
    name: str | None = None
    sans: tuple[str, ...] = ()
    environment: str = ""
    owner_id: str | None = None
    team_id: str | None = None
    issuer_id: str | None = None
    renewal_policy_id: str | None = None
    profile_id: str | None = None
    target_ids: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    csr_pem: str | None = None


@dataclass(frozen=True)
class CertificateEdit:
    """An edit; None leaves a field unchanged. Status, names and issuer cannot be edited: they are in the
    certificate."""

    name: str | None = None
    environment: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    renewal_policy_id: str | None = None
    target_ids: tuple[str, ...] | None = None
    tags: Mapping[str, str] | None = None
    expected_revision: int | None = None
    """The revision that the caller read, if it names one."""

    def given(self) -> dict[str, object]:
        named = {name: value for name, value in vars(self).items() if name != "expected_revision"}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class IssuanceStarted:
    """The started issuance. `ignored_extensions` are those of the CSR that no leaf carries."""

    certificate: Certificate
    job: "Job"
    ignored_extensions: tuple[str, ...] = ()
