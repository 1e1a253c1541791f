"""Credentials of a service account that a foreign token was exchanged for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certctl.domain.access.permissions import Permission

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
"""RFC 7523 section 2.1."""
EXCHANGES_PER_MINUTE = 600
REFUSALS_PER_HOUR = 100


class GrantError(StrEnum):
    """RFC 6749 section 5.2."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


@dataclass(frozen=True)
class ExchangedToken:
    """`rule_id` is the trust rule that admitted it; `actions` as in `grants_of`."""

    id: str
    key_hash: str
    subject_ulid: str
    rule_id: str
    expires_at: datetime
    actions: tuple[Permission, ...] = ()
