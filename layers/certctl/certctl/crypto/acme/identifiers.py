"""Identifiers of orders, from the JSON of newOrder (RFC 8555 section 7.1.4, RFC 8738 section 3)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from certctl.crypto import name_syntax
from certctl.domain.acme.identifiers import Identifier, IdentifierType
from certctl.domain.acme.ordering.refusals import refusal
from certctl.domain.acme.problems import AcmeProblem, ProblemType, Subproblem

MOST = 80
_ONION = ".onion"
_SYNTAX: Mapping[IdentifierType, Callable[[str], str]] = {
    IdentifierType.DNS: name_syntax.dns_name,
    IdentifierType.IP: name_syntax.ip_address,
}
_SUPPORTED = ", ".join(IdentifierType)


def parse_identifiers(values: Sequence[object]) -> tuple[Identifier, ...]:
    """The identifiers in their order, normalised, without duplicates. Raises AcmeProblem with a reason for
    each that is refused."""
    if not values:
        raise AcmeProblem(ProblemType.MALFORMED, "An order needs at least one identifier.")
    if len(values) > MOST:
        detail = f"An order has {MOST} identifiers at most, this one has {len(values)}."
        raise AcmeProblem(ProblemType.MALFORMED, detail)
    found, reasons = dict[Identifier, None](), list[Subproblem]()
    for kind, value in map(_members, values):
        parsed = _parsed(kind, value)
        if isinstance(parsed, Subproblem):
            reasons.append(parsed)
        else:
            found.setdefault(parsed)
    if reasons:
        raise refusal(reasons)
    return tuple(found)


def _members(value: Any) -> tuple[str, str]:
    kind, text = (value.get("type"), value.get("value")) if isinstance(value, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(text, str):
        detail = "Each identifier is an object with the texts type and value."
        raise AcmeProblem(ProblemType.MALFORMED, detail)
    return kind, text


def _parsed(kind: str, value: str) -> Identifier | Subproblem:
    if kind not in tuple(IdentifierType):
        detail = f"identifiers of type {name_syntax.shown(kind)} are not supported: {_SUPPORTED} are"
        return Subproblem(ProblemType.UNSUPPORTED_IDENTIFIER, detail, (kind, value))
    try:
        identifier = Identifier(IdentifierType(kind), _SYNTAX[IdentifierType(kind)](value))
    except ValueError as error:
        return Subproblem(ProblemType.REJECTED_IDENTIFIER, str(error), (kind, value))
    if identifier.value.endswith(_ONION):
        detail = f"{name_syntax.shown(value)} is an onion name, which this server does not validate"
        return Subproblem(ProblemType.REJECTED_IDENTIFIER, detail, (kind, value))
    return identifier
