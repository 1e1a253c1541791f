"""Problem documents of the ACME server (RFC 8555 section 6.7, RFC 7807)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_NAMESPACE = "urn:ietf:params:acme:error:"


class ProblemType(StrEnum):
    """RFC 8555 section 6.7, RFC 9773 section 7.4 (`alreadyReplaced`), draft-ietf-acme-profiles section 6
    (`invalidProfile`)."""

    ACCOUNT_DOES_NOT_EXIST = "accountDoesNotExist"
    ALREADY_REPLACED = "alreadyReplaced"
    ALREADY_REVOKED = "alreadyRevoked"
    BAD_CSR = "badCSR"
    BAD_NONCE = "badNonce"
    BAD_PUBLIC_KEY = "badPublicKey"
    BAD_REVOCATION_REASON = "badRevocationReason"
    BAD_SIGNATURE_ALGORITHM = "badSignatureAlgorithm"
    CAA = "caa"
    COMPOUND = "compound"
    CONNECTION = "connection"
    DNS = "dns"
    EXTERNAL_ACCOUNT_REQUIRED = "externalAccountRequired"
    INCORRECT_RESPONSE = "incorrectResponse"
    INVALID_CONTACT = "invalidContact"
    INVALID_PROFILE = "invalidProfile"
    MALFORMED = "malformed"
    ORDER_NOT_READY = "orderNotReady"
    RATE_LIMITED = "rateLimited"
    REJECTED_IDENTIFIER = "rejectedIdentifier"
    SERVER_INTERNAL = "serverInternal"
    TLS = "tls"
    UNAUTHORIZED = "unauthorized"
    UNSUPPORTED_CONTACT = "unsupportedContact"
    UNSUPPORTED_IDENTIFIER = "unsupportedIdentifier"
    USER_ACTION_REQUIRED = "userActionRequired"

    @property
    def urn(self) -> str:
        return _NAMESPACE + self.value

    @property
    def status(self) -> int:
        """The HTTP status of a problem of this type, unless the problem says another."""
        return _STATUSES.get(self, 400)


_STATUSES: Mapping[ProblemType, int] = {
    ProblemType.UNAUTHORIZED: 403,
    ProblemType.EXTERNAL_ACCOUNT_REQUIRED: 403,
    ProblemType.ORDER_NOT_READY: 403,
    ProblemType.USER_ACTION_REQUIRED: 403,
    ProblemType.ALREADY_REPLACED: 409,
    ProblemType.RATE_LIMITED: 429,
    ProblemType.SERVER_INTERNAL: 500,
}


@dataclass(frozen=True)
class Subproblem:
    """One reason among several (RFC 8555 section 6.7.1)."""

    type: ProblemType
    detail: str
    identifier: tuple[str, str] | None = None
    """Type and value of the identifier that the reason is about."""


class AcmeProblem(Exception):
    """A refusal, in the words of RFC 8555. Its text is for the client: it never contains secrets or
    internals."""

    def __init__(
        self,
        type: ProblemType,
        detail: str,
        status: int | None = None,
        *,
        subproblems: tuple[Subproblem, ...] = (),
        algorithms: tuple[str, ...] = (),
        location: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """`algorithms` (RFC 8555 section 6.2) are those that the client may sign with; `location` is a URL,
        and `retry_after` seconds, for the header of that name."""
        super().__init__(detail)
        self.type = type
        self.detail = detail
        self.status = status or type.status
        self.subproblems = subproblems
        self.algorithms = algorithms
        self.location = location
        self.retry_after = retry_after
