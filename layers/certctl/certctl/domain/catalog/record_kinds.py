"""The kinds of catalog records, without the records: most rows name a kind, and few reads need a record."""

from enum import StrEnum

from certctl.domain.access.subjects import SubjectKind, has_kind

DEFAULT_OWNER = "o-default"
"""The id of an owner that exists from the start."""


class Kind(StrEnum):
    """The value is the row's `kind`; `<kind>s` (or `policies`) is its path in the API."""

    ISSUER = "issuer"
    TARGET = "target"
    OWNER = "owner"
    TEAM = "team"
    POLICY = "policy"
    PROFILE = "profile"
    RENEWAL_POLICY = "renewal-policy"
    AGENT = "agent"
    IDENTITY_PROVIDER = "identity-provider"
    TRUST_RULE = "trust-rule"
    ACCESS_RULE = "access-rule"
    SERVICE_ACCOUNT = "service-account"
    USER = "user"

    @property
    def label(self) -> str:
        """The kind's name in the audit trail, with underscores."""
        return self.value.replace("-", "_")


def account_kind(subject_id: str) -> Kind | None:
    """The kind of the record of a subject's id; None for an agent."""
    if has_kind(subject_id, SubjectKind.USER):
        return Kind.USER
    return Kind.SERVICE_ACCOUNT if has_kind(subject_id, SubjectKind.SERVICE_ACCOUNT) else None
