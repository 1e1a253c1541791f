"""Why a sign-in ended without a session. The sign-in page shows a text of its own for each."""

from enum import StrEnum


class SignInFault(StrEnum):
    """Published: the query of the sign-in page, and the audit trail."""

    NOT_OFFERED = "not_offered"
    EXPIRED = "expired"
    TWO_COOKIES = "two_cookies"
    CANCELLED = "cancelled"
    PROVIDER_ERROR = "provider_error"
    UNAVAILABLE = "unavailable"
    NOT_VERIFIED = "not_verified"
    TOO_OLD = "too_old"
    REQUIRED_CLAIM = "required_claim"
    NOT_ADMITTED = "not_admitted"
    DISABLED = "disabled"


class SignInRefused(Exception):
    """`detail` is a sentence for the audit trail: no text of the provider's, no secret, no code."""

    def __init__(self, fault: SignInFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail
