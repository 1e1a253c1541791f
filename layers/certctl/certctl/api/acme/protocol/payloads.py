"""Members of payloads, by type. Unknown members are ignored (RFC 8555 section 6)."""

from collections.abc import Mapping
from typing import Any

from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.base64url import from_strict_base64url


def malformed(detail: str) -> AcmeProblem:
    return AcmeProblem(ProblemType.MALFORMED, detail)


def texts_in(payload: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, empty if it is left out or null: clients written in Go send null."""
    value = payload.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise malformed(f"The member {name} must be a list of texts.")
    return tuple(value)


def text_in(payload: Mapping[str, Any], name: str) -> str | None:
    value = payload.get(name)
    if value is not None and not isinstance(value, str):
        raise malformed(f"The member {name} must be a text.")
    return value or None


def flag_in(payload: Mapping[str, Any], name: str) -> bool:
    value = payload.get(name)
    if value is not None and not isinstance(value, bool):
        raise malformed(f"The member {name} must be true or false.")
    return bool(value)


def bytes_in(payload: Mapping[str, Any], name: str) -> bytes:
    """Raises AcmeProblem also if it is left out."""
    try:
        return from_strict_base64url(str(payload.get(name, " ")))
    except ValueError:
        raise malformed(f"The member {name} must be base64url without padding.") from None
