"""Refusals of the shared use cases in the words of RFC 8555."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from certctl.domain.acme.identifiers import Identifier
from certctl.domain.acme.problems import AcmeProblem, ProblemType, Subproblem
from certctl.domain.errors import (
    ChangedMeanwhile,
    Conflict,
    FieldProblem,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyRequests,
)

LONGEST_RETRY_AFTER = 600
"""Seconds: acme.sh gives up on more."""
BUSY_RETRY_AFTER = 3
_OF_NAMES = frozenset({"sans", "common_name"})
_OF_CSR = "csr_pem"
_OF_POLICIES = "policies."


def refusal(reasons: Sequence[Subproblem]) -> AcmeProblem:
    """One problem of several reasons: of their type, or `compound`. Reasons without an identifier are in the
    detail alone."""
    types = {each.type for each in reasons}
    detail = "; ".join(dict.fromkeys(each.detail for each in reasons))
    shown = tuple(each for each in reasons if each.identifier is not None)
    return AcmeProblem(
        types.pop() if len(types) == 1 else ProblemType.COMPOUND, detail, _status(reasons), subproblems=shown
    )


def busy(detail: str) -> AcmeProblem:
    """What passes within seconds."""
    return AcmeProblem(ProblemType.SERVER_INTERNAL, detail, 503, retry_after=BUSY_RETRY_AFTER)


def rate_limited(detail: str, wait_seconds: float) -> AcmeProblem:
    retry_after = max(1, min(int(wait_seconds), LONGEST_RETRY_AFTER))
    return AcmeProblem(ProblemType.RATE_LIMITED, detail, retry_after=retry_after)


@contextmanager
def in_acme_terms(identifiers: Sequence[Identifier] = ()) -> Iterator[None]:
    """Raises AcmeProblem for what the shared use cases refuse; `identifiers` are those that their reasons are
    about. Unavailable and ChangedMeanwhile pass."""
    try:
        yield
    except InvalidInput as refused:
        raise _invalid(refused, identifiers) from refused
    except TooManyRequests as limit:
        raise rate_limited(limit.detail, limit.retry_after) from limit
    except (Forbidden, NotFound) as refused:
        raise AcmeProblem(ProblemType.UNAUTHORIZED, refused.detail) from refused
    except ChangedMeanwhile:
        raise
    except Conflict as conflict:
        raise busy("The records of this order are being changed; try again.") from conflict


def _invalid(refused: InvalidInput, identifiers: Sequence[Identifier]) -> AcmeProblem:
    if not refused.problems:
        return AcmeProblem(ProblemType.UNAUTHORIZED, refused.detail)
    return refusal([_reason(each, identifiers) for each in refused.problems])


def _reason(problem: FieldProblem, identifiers: Sequence[Identifier]) -> Subproblem:
    if problem.field == _OF_CSR:
        return Subproblem(ProblemType.BAD_CSR, problem.message)
    if problem.field in _OF_NAMES:
        return Subproblem(ProblemType.REJECTED_IDENTIFIER, problem.message, _about(problem, identifiers))
    if problem.field.startswith(_OF_POLICIES):
        return Subproblem(ProblemType.REJECTED_IDENTIFIER, problem.message)
    return Subproblem(ProblemType.UNAUTHORIZED, problem.message)


def _about(problem: FieldProblem, identifiers: Sequence[Identifier]) -> tuple[str, str] | None:
    """Reasons against a name begin with the name, as it is in records."""
    begins = (each for each in identifiers if problem.message.startswith(f"{each.san} "))
    found = next(begins, None)
    return (found.type.value, found.value) if found else None


def _status(reasons: Sequence[Subproblem]) -> int:
    return max(each.type.status for each in reasons)
