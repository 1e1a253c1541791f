"""Every error that a use case may raise. `api/problems.py` maps each to its HTTP status."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldProblem:
    """One problem of the input: where (`csr_pem`, `query.per_page`), and what is allowed."""

    field: str
    message: str


class DomainError(Exception):
    """Base of the errors whose text is for the caller: it never contains secrets or internals."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInput(DomainError):
    """The request is understood and refused; `problems` gives the reasons, field by field."""

    def __init__(self, detail: str, problems: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)

    @property
    def reasons(self) -> str:
        """The reasons on one line, for records."""
        return "; ".join(problem.message for problem in self.problems) or self.detail

    @classmethod
    def of(cls, field: str, message: str) -> "InvalidInput":
        return cls(f"{field}: {message}", [FieldProblem(field, message)])


class CsrRejected(InvalidInput):
    """A certificate signing request that breaks the rules of RFC 2986 or of this CA. Lists every reason."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(
            "The certificate signing request was refused.", [FieldProblem("csr_pem", r) for r in reasons]
        )


class PolicyRefused(InvalidInput):
    """A policy of severity Error or Critical is violated. Names every rule, and each reason."""


class MalformedRequest(DomainError):
    """The body or a parameter cannot be parsed."""


class Unauthenticated(DomainError):
    """No key, an unknown key, or one that is revoked or expired. One text for all three."""


class KeyAsleep(Unauthenticated):
    """A valid key of a user who has not signed in for too long: it works again after the next sign-in."""


class Forbidden(DomainError):
    """The key is valid, but its role may not do this, or requests may not come this way."""


class SecondPersonRequired(Forbidden):
    """The caller may approve jobs, and asked for this one or approved it already: another person has to."""


class NotFound(DomainError):
    """The record does not exist or belongs to another team: the caller cannot tell which."""


class Conflict(DomainError):
    """The record's state does not allow this, or it changed concurrently."""


class ChangedMeanwhile(Conflict):
    """The record changed between reading it and writing the decision."""


class TooManyRequests(DomainError):
    """The rate limit is reached. Nothing was done; `retry_after` is in seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class SignInRequired(DomainError):
    """This needs a sign-in with a provider, and a recent one (RFC 9470)."""


class GrantRefused(DomainError):
    """A token endpoint's refusal. `code` is the error code of RFC 6749 section 5.2."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class BodyTooLarge(DomainError):
    """The body is over 1 MiB."""


class Unavailable(DomainError):
    """A service that we depend on did not answer in time. Nothing was half-written; try again."""


class NotServed(Unavailable):
    """The host in the URLs of a CA does not serve them yet, so the CA issues nothing. `settles`: it is likely
    to within minutes, without anybody's help."""

    def __init__(self, detail: str, *, settles: bool = False) -> None:
        super().__init__(detail)
        self.settles = settles


class AwsRefusal(Exception):
    """An AWS service refused the request itself. Not for the caller, who gets a 500 without a reason: the
    text names the service, the action and the error's code, never what the request contained."""

    def __init__(self, service: str, action: str, code: str) -> None:
        super().__init__(f"{service} refused {action}: {code}")
        self.service = service
        self.action = action
        self.code = code


class AccessDenied(AwsRefusal):
    """The function's role or a resource's policy does not allow it; temporarily also while either changes."""


class RequestInvalid(AwsRefusal):
    """The request breaks the service's rules: a fault of ours that no retry repairs."""
