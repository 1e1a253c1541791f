"""Credentials of a service account that a foreign token was exchanged for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certctl.domain.access.permissions import Permission
from certctl.domain.ids import new_id

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
"""RFC 7523 section 2.1."""
AUTHORIZATION_CODE = "authorization_code"
"""RFC 6749 section 4.1.3."""
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  # no secret
"""RFC 8693 section 2.1."""
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  # no secret
"""RFC 8693 section 3."""
EXCHANGES_PER_MINUTE = 600
REFUSALS_PER_HOUR = 100
_PREFIX = "tok"


class GrantError(StrEnum):
    """RFC 6749 section 5.2."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_SCOPE = "invalid_scope"


@dataclass(frozen=True)
class ExchangedToken:
    """`rule_id` is the trust rule that admitted it, `makers` are the ids of who wrote that; `actions` as
    in `grants_of`, `names` as in `Principal`; `issuer`, `claims` and `jti` as in `UsedCredential`."""

    id: str
    key_hash: str
    subject_ulid: str
    rule_id: str
    expires_at: datetime
    actions: tuple[Permission, ...] = ()
    names: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    issuer: str | None = None
    claims: Mapping[str, Sequence[str]] | None = None
    jti: str | None = None


def new_token_id(now: datetime) -> str:
    return new_id(_PREFIX, now)


def is_exchanged(credential_id: str) -> bool:
    return credential_id.startswith(f"{_PREFIX}-")
