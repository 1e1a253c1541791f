"""What callers ask for, parsed and normalised, before it is checked, and what it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.jobs import Job

DEFAULT_TEAM = "t-default"
DEFAULT_OWNER = "o-default"
DEFAULT_ISSUER = "iss-local"
DEFAULT_RENEWAL_POLICY = "rp-default"
DEFAULT_PROFILE = "server"


@dataclass(frozen=True)
class NewCertificate:
    """Only `common_name` is required; what is None takes its default."""

    common_name: str
    id: str | None = None
    name: str | None = None
    sans: tuple[str, ...] = ()
    environment: str = ""
    owner_id: str | None = None
    team_id: str | None = None
    issuer_id: str | None = None
    renewal_policy_id: str | None = None
    certificate_profile_id: str | None = None
    target_ids: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    csr_pem: str | None = None


@dataclass(frozen=True)
class CertificateEdit:
    """None leaves a field as it is. Status, names and issuer are not edited: they are in the certificate."""

    name: str | None = None
    environment: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    renewal_policy_id: str | None = None
    target_ids: tuple[str, ...] | None = None
    tags: Mapping[str, str] | None = None
    expected_revision: int | None = None
    """That of the record as it was read, where the caller says so."""

    def given(self) -> dict[str, object]:
        named = {name: value for name, value in vars(self).items() if name != "expected_revision"}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class IssuanceStarted:
    """What was started. `ignored_extensions` are those that the CSR asked for and no leaf carries."""

    certificate: Certificate
    job: Job
    ignored_extensions: tuple[str, ...] = ()
