"""Tokens that other issuers sign (JWT): what is refused, and the reason that its caller is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TokenFault(StrEnum):
    """Why a token is refused. Published in the audit trail."""

    MALFORMED = "malformed"
    HEADER = "header"
    ALGORITHM = "algorithm"
    UNKNOWN_KEY = "unknown_key"
    AMBIGUOUS_KEY = "ambiguous_key"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    TOO_OLD = "too_old"
    RULE = "rule"
    USED = "used"


class TokenRefused(Exception):
    """`detail` is a sentence for the caller: it quotes no part of the token and no value that a rule
    expects."""

    def __init__(self, fault: TokenFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


class KeysUnavailable(Exception):
    """The issuer's keys cannot be read now, and none are stored that may still be used."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class SigningKey:
    """A public key of an issuer: the members of its JWK (RFC 7517) that a verification needs."""

    members: Mapping[str, str]

    @property
    def id(self) -> str | None:
        return self.members.get("kid")


@dataclass(frozen=True)
class Endpoints:
    """Where people sign in (OpenID Connect Discovery 1.0). `sends_issuer`: responses have `iss` (RFC 9207).
    `takes_basic`: the token endpoint takes the client's secret as HTTP Basic; otherwise it stands in the
    form."""

    authorization: str
    token: str
    userinfo: str | None = None
    sends_issuer: bool = False
    takes_basic: bool = True


@dataclass(frozen=True)
class IssuerMetadata:
    """What an issuer publishes. `endpoints` is None if it is not for people."""

    keys: tuple[SigningKey, ...]
    endpoints: Endpoints | None = None


@dataclass(frozen=True)
class KeySet:
    """The keys of `issuer`, as read at `fetched_at`, and its endpoints."""

    issuer: str
    keys: tuple[SigningKey, ...]
    fetched_at: datetime
    endpoints: Endpoints | None = None


@dataclass(frozen=True)
class ExpectedClaims:
    """What a token must say. Both are compared exactly."""

    issuer: str
    audience: str
