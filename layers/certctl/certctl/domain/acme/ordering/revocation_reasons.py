"""The reasons that revokeCert takes, as numbers (RFC 8555 section 7.6, RFC 5280 section 5.3.1)."""

from collections.abc import Mapping

from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.revocation.reasons import REASON_CODES, UNSPECIFIED

_ACCEPTED = (0, 1, 3, 4, 5, 9)
"""Neither a CA's own reason, nor a hold, which an ACME client could not end."""
_NAMES: Mapping[int, str] = {code: name for name, code in REASON_CODES.items() if code in _ACCEPTED}


def reason_of(code: int | None) -> str:
    """Raises AcmeProblem that names what is accepted."""
    if code is None:
        return UNSPECIFIED
    if isinstance(code, bool) or code not in _NAMES:
        known = ", ".join(f"{number} ({name})" for number, name in _NAMES.items())
        detail = f"The reasons for which this server revokes are {known}."
        raise AcmeProblem(ProblemType.BAD_REVOCATION_REASON, detail)
    return _NAMES[code]
