"""The reasons that revokeCert takes, as numbers (RFC 8555 section 7.6, RFC 5280 section 5.3.1)."""

from collections.abc import Iterable, Mapping

from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.revocation.reasons import REASON_CODES, UNSPECIFIED

_ACCEPTED = (0, 1, 3, 4, 5, 9)
"""Neither a CA's own reason, nor a hold, which an ACME client could not end."""
_NAMES: Mapping[int, str] = {code: name for name, code in REASON_CODES.items() if code in _ACCEPTED}
_OF_OTHERS = (UNSPECIFIED, "cessationOfOperation")


def reason_of(code: int | None) -> str:
    """Raises AcmeProblem that names what is accepted."""
    if code is None:
        return UNSPECIFIED
    if isinstance(code, bool) or code not in _NAMES:
        raise _refusal(f"The reasons for which this server revokes are {_shown(_NAMES.values())}.")
    return _NAMES[code]


def require_reason_of_others(reason: str) -> None:
    """Checks the reason of an ACME account that controls the names, and did not order: it may say that they
    are in use elsewhere, and nothing about the key or the owner. Raises AcmeProblem."""
    if reason not in _OF_OTHERS:
        allowed = _shown(_OF_OTHERS)
        raise _refusal(f"An ACME account that did not order this certificate may revoke it for {allowed}.")


def _shown(reasons: Iterable[str]) -> str:
    return ", ".join(f"{REASON_CODES[name]} ({name})" for name in reasons)


def _refusal(detail: str) -> AcmeProblem:
    return AcmeProblem(ProblemType.BAD_REVOCATION_REASON, detail)
