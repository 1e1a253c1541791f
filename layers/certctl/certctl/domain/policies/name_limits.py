"""Names that one key may ask for, and whose certificates it may change: patterns of `name_ownership`, none
for any name. They only narrow what the team of a certificate may have."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence

from certctl.domain.errors import FieldProblem, Forbidden
from certctl.domain.policies.name_ownership import ANYTHING, comparable_pattern, matching_patterns

_SHOWN = 5


def problems_beyond(limits: Sequence[str], field: str, names: Sequence[str]) -> list[FieldProblem]:
    """A problem for each name, as in records, that the key may not ask for."""
    if not limits:
        return []
    known = frozenset(map(comparable_pattern, limits))
    beyond = [name for name in names if known.isdisjoint(matching_patterns(name))]
    return [FieldProblem(field, _reason(limits, name)) for name in beyond]


def obstacle_of(limits: Sequence[str], names: Sequence[str]) -> str | None:
    """Why the key may not approve or change a certificate with these names; None if it may."""
    return "; ".join(problem.message for problem in problems_beyond(limits, "sans", names)) or None


def require_names(limits: Sequence[str], names: Sequence[str]) -> None:
    """Raises Forbidden unless the key may change a certificate with these names."""
    if obstacle := obstacle_of(limits, names):
        raise Forbidden(obstacle)


def is_narrower(patterns: Sequence[str], limits: Sequence[str]) -> bool:
    """Whether each name of each pattern matches one of the limits. Two limits that only together have all
    names of a pattern do not count."""
    known = frozenset(map(comparable_pattern, limits))
    return not limits or all(not known.isdisjoint(_wider(comparable_pattern(each))) for each in patterns)


def _reason(limits: Sequence[str], name: str) -> str:
    more = f" and {len(limits) - _SHOWN} more" if len(limits) > _SHOWN else ""
    return f"{name} is not among the names of this key: allowed are {', '.join(limits[:_SHOWN])}{more}"


def _wider(pattern: str) -> Iterator[str]:
    """The pattern, and those that match all of its names."""
    yield ANYTHING
    if pattern == ANYTHING:
        return
    kind, _, text = pattern.partition(":")
    yield from (f"{kind}:{wider}" for wider in _WIDER[kind](text))


def _wider_dns(text: str) -> Iterator[str]:
    first, _, rest = text.partition(".")
    yield text
    if first != "**":
        yield f"*.{rest}" if rest else "*"
    while rest:
        yield f"**.{rest}"
        _, _, rest = rest.partition(".")
    yield "**"


def _wider_email(text: str) -> Iterator[str]:
    local, _, host = text.rpartition("@")
    for at in _wider_dns(host):
        yield f"{local}@{at}"
        yield f"*@{at}"


def _wider_ip(text: str) -> Iterator[str]:
    network = ipaddress.ip_network(text)
    for length in range(network.prefixlen, -1, -1):
        yield network.supernet(new_prefix=length).compressed


def _wider_uri(text: str) -> Iterator[str]:
    yield text
    ends = [at for at, character in enumerate(text, start=1) if character in "/:"]
    yield from (f"{text[:end]}*" for end in reversed(ends))


_WIDER: Mapping[str, Callable[[str], Iterator[str]]] = {
    "DNS": _wider_dns,
    "IP": _wider_ip,
    "email": _wider_email,
    "URI": _wider_uri,
}
