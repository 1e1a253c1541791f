"""Requests of callers, parsed and normalised, before they are checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class NewCertificate:
    """A request for a certificate. Only `common_name` is required; None takes the default."""

    # fields of certificate: new
    common_name: str
    id: str | None = None
    name: str | None = None
    sans: tuple[str, ...] = ()
    environment: str = ""
    owner_id: str | None = None
    team_id: str | None = None
    issuer_id: str | None = None
    target_ids: tuple[str, ...] = ()
    renewal_policy_id: str | None = None
    profile_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    subject: Mapping[str, str] = field(default_factory=dict)
    # end of fields
    csr_pem: str | None = None


@dataclass(frozen=True)
class CertificateEdit:
    """An edit; None leaves a field unchanged. Status, names and issuer cannot be edited: they are in the
    certificate."""

    # fields of certificate: edit
    name: str | None = None
    environment: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    target_ids: tuple[str, ...] | None = None
    renewal_policy_id: str | None = None
    tags: Mapping[str, str] | None = None
    # end of fields
    expected_revision: int | None = None
    """The revision that the caller read, if it names one."""
