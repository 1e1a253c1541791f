"""JSON Web Signatures in the flattened serialization (RFC 7515 section 7.2.2), as RFC 8555 section 6.2
narrows them: one signature, all of whose header is protected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certctl.crypto.json_objects import strict_object
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.base64url import from_strict_base64url

_MEMBERS = ("protected", "payload", "signature")
# RFC 7515 section 4.1.11 and RFC 7797 change what is verified.
_REFUSED_PARAMETERS = ("crit", "b64")
LONGEST_TEXT = 2048


@dataclass(frozen=True)
class Flattened:
    """A signature whose form is right, and of which nothing is verified."""

    header: Mapping[str, Any]
    payload: bytes
    signature: bytes
    signed: bytes
    """What the signature is over: the texts as they arrived."""


def parse_flattened(members: object) -> Flattened:
    """Raises AcmeProblem, malformed."""
    envelope = _envelope(members)
    for name in _MEMBERS:
        if not isinstance(envelope[name], str):
            raise malformed(f"its member {name} must be a text")
    header = _header(_octets(envelope, "protected"))
    signed = f"{envelope['protected']}.{envelope['payload']}".encode()
    return Flattened(header, _octets(envelope, "payload"), _octets(envelope, "signature"), signed)


def text_of(header: Mapping[str, Any], name: str) -> str:
    """A parameter of the header that must be there. Raises AcmeProblem, malformed."""
    value = header.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise malformed(f"its protected header must have {name}, a text of 1 to {LONGEST_TEXT} characters")
    return value


def algorithm_in(header: Mapping[str, Any], allowed: tuple[str, ...]) -> str:
    """Raises AcmeProblem, badSignatureAlgorithm, for every algorithm but the allowed ones."""
    algorithm = text_of(header, "alg")
    if algorithm not in allowed:
        raise bad_algorithm(allowed)
    return algorithm


def bad_algorithm(allowed: tuple[str, ...]) -> AcmeProblem:
    detail = f"The JWS has an alg that is not allowed here: use {' or '.join(allowed)}."
    return AcmeProblem(ProblemType.BAD_SIGNATURE_ALGORITHM, detail, algorithms=allowed)


def malformed(reason: str) -> AcmeProblem:
    return AcmeProblem(ProblemType.MALFORMED, f"The JWS is malformed: {reason}.")


def object_in(octets: bytes, what: str) -> dict[str, Any]:
    """Raises AcmeProblem, malformed, for anything but a strict JSON object; `what` names it in the reason."""
    try:
        return strict_object(octets)
    except ValueError:
        # the parser's own reason quotes what it read
        raise malformed(f"{what} must be a JSON object in UTF-8 that has no member twice") from None


def _envelope(members: object) -> dict[str, Any]:
    if not isinstance(members, dict):
        raise malformed("it is not a JSON object")
    if "signatures" in members:
        raise malformed("it must be flattened, with one signature")
    if "header" in members:
        raise malformed("its header must be protected")
    if members.keys() != set(_MEMBERS):
        raise malformed(f"its members must be {', '.join(_MEMBERS)} and no others")
    return members


def _header(octets: bytes) -> dict[str, Any]:
    header = object_in(octets, "its protected header")
    for name in _REFUSED_PARAMETERS:
        if name in header:
            raise malformed(f"its protected header has {name}, which is not allowed")
    return header


def _octets(envelope: Mapping[str, str], name: str) -> bytes:
    try:
        return from_strict_base64url(envelope[name])
    except ValueError:
        raise malformed(f"its member {name} must be base64url without padding") from None
