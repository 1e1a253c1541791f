"""Which team may have which name. Each team lists patterns, as profiles do (`name_patterns`), or `*:*` for
any name. Of the patterns of all teams that match a name the most specific one wins, and only the teams that
list it may have the name.

From specific to general: a DNS name, `*.` and its parent, then `**.` and each suffix of it, the longest
first, `**`; the longest prefix of a network or a URI; a mail address by its host, then its local part.
Matching is stricter than in profiles if two names mean the same to those who rely on a certificate: local
parts ignore case, an IPv4-mapped address is its IPv4 address, and URIs are compared by `comparable_uri`. A
URI that others may read differently matches `*:*` only, and then not if another team lists its host.
"""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from certctl.domain.certificates.uri_names import comparable_uri, uri_parts
from certctl.domain.policies.name_patterns import parse_pattern

ANYTHING = "*:*"
MAX_PATTERNS = 100
"""The most patterns of one team."""
MAX_PATTERNS_IN_ALL = 2_000
MAX_PATTERN_LENGTH = 256
DEFAULT_EXEMPT_DAYS = 90
MOST_EXEMPT_DAYS = 365
_SHOWN = 5
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_AMBIGUOUS = re.compile(r"[@%]|[/:]\.\.?(?=[/?#*]|$)")
"""A user, an escape, or a dot segment (RFC 3986, 6.2.2)."""
_INEXACT = re.compile(r"[?#]|[^:]//")
"""A query, a fragment, or an empty segment: servers may ignore it."""
_HOST = re.compile(r"//(\[[^]]*\]|[^/:*?#]+)")


@dataclass(frozen=True)
class NameRefusal:
    """A name that the team may not have, and why, for its members: which other team has it stays unsaid."""

    name: str
    reason: str


def parse_allowed_name(text: str) -> str:
    """The pattern in its normal form, such as `DNS:**.example.com`. Raises ValueError."""
    if text == ANYTHING:
        return text
    if len(text) > MAX_PATTERN_LENGTH:
        raise ValueError(f"a pattern has {MAX_PATTERN_LENGTH} characters at most")
    try:
        pattern = parse_pattern(text)
    except ValueError as error:
        raise ValueError(f"{error}, {ANYTHING} (any name)") from error
    if pattern.kind == "IP" and _is_mapped(pattern.text):
        raise ValueError(f"{text[:80]!a} is IPv4 as IPv6: write the IPv4 network, such as IP:10.0.0.0/8")
    if pattern.kind == "URI" and _AMBIGUOUS.search(pattern.text):
        raise ValueError(
            f"{text[:80]!a} matches nothing: a URI with @, % or dot segments is a name of {ANYTHING} only"
        )
    return str(pattern).lower() if pattern.kind == "email" else str(pattern)


class NameOwnership:
    """`patterns` are those of each team, by its id, in the form of their records."""

    def __init__(self, patterns: Mapping[str, Collection[str]]) -> None:
        teams: defaultdict[str, set[str]] = defaultdict(set)
        for team_id, listed in patterns.items():
            for pattern in map(comparable_pattern, listed):
                teams[pattern].add(team_id)
        self._teams = {pattern: frozenset(of) for pattern, of in teams.items()}
        self._below: defaultdict[str, list[str]] = defaultdict(list)
        for pattern in self._teams:
            if parent := _parent_of_one(pattern):
                self._below[parent].append(pattern)
        self._places: defaultdict[str, set[str]] = defaultdict(set)
        for pattern, of in self._teams.items():
            if place := _place_of(pattern):
                self._places[place] |= of

    def refusals(self, team_id: str, own: Sequence[str], names: Sequence[str]) -> list[NameRefusal]:
        """The names that the team may not have if its patterns are `own`, whatever is known of them."""
        listed = [comparable_pattern(pattern) for pattern in own]
        reasons = ((name, self._reason_against(team_id, listed, name)) for name in names)
        return [NameRefusal(name, reason) for name, reason in reasons if reason is not None]

    def only_team_of(self, names: Sequence[str]) -> str | None:
        """The one team whose patterns have all of the names; None if several have one of them, or only `*:*`
        matches it."""
        teams = {self._only_team_of_one(name) for name in names}
        return teams.pop() if len(teams) == 1 else None

    def _only_team_of_one(self, name: str) -> str | None:
        winner = next((pattern for pattern in matching_patterns(name) if pattern in self._teams), ANYTHING)
        teams = self._teams.get(winner, frozenset()) if winner != ANYTHING else frozenset[str]()
        return next(iter(teams)) if len(teams) == 1 else None

    def _reason_against(self, team_id: str, own: Sequence[str], name: str) -> str | None:
        mine = next((pattern for pattern in matching_patterns(name) if pattern in own), None)
        if mine is None:
            return _not_listed(team_id, own, name)
        if self._others_first(team_id, mine, name):
            return f"{name} belongs to another team: its pattern is more specific than {mine} of {team_id}"
        if mine == ANYTHING and self._may_be_read_as_others(team_id, name):
            return f"{name} may be read as a name of another team: leave out what programs read differently"
        if any(self._others(team_id, below) and below not in own for below in self._covered_by(name)):
            return f"{name} would cover names of another team: give the names that are meant one by one"
        return None

    def _others_first(self, team_id: str, mine: str, name: str) -> bool:
        for pattern in matching_patterns(name):
            if pattern == mine:
                return False
            if self._others(team_id, pattern):
                return True
        return False

    def _may_be_read_as_others(self, team_id: str, name: str) -> bool:
        if not name.startswith("URI:") or not (_AMBIGUOUS.search(name) or _INEXACT.search(name)):
            return False
        places = _places_of(name.removeprefix("URI:"))
        return any(self._places.get(place, frozenset()) - {team_id} for place in places)

    def _others(self, team_id: str, pattern: str) -> frozenset[str]:
        return self._teams.get(pattern, frozenset()) - {team_id}

    def _covered_by(self, name: str) -> Sequence[str]:
        """The single names among the patterns that a wildcard certificate is valid for (RFC 9525, 6.3)."""
        return self._below.get(name.removeprefix("DNS:*."), ()) if name.startswith("DNS:*.") else ()


def _parent_of_one(pattern: str) -> str | None:
    """The parent of a pattern that is one DNS name; None for others."""
    if not pattern.startswith("DNS:") or "*" in pattern:
        return None
    return pattern.removeprefix("DNS:").partition(".")[2]


def _not_listed(team_id: str, own: Sequence[str], name: str) -> str:
    if not own:
        return (
            f"{name} is refused: the team {team_id} may not have any names yet. An administrator allows "
            f"them, such as with: certctl teams edit {team_id} --allow-name '**.example.com'"
        )
    more = f" and {len(own) - _SHOWN} more" if len(own) > _SHOWN else ""
    allowed = ", ".join(own[:_SHOWN]) + more
    return f"{name} is not among the names of the team {team_id}: allowed are {allowed}"


def comparable_pattern(pattern: str) -> str:
    """Patterns that match the same names are one, however they are written in a record."""
    kind, _, text = pattern.partition(":")
    return f"{kind}:{comparable_uri(text)}" if kind == "URI" else pattern


def _place_of(pattern: str) -> str | None:
    """The host that a pattern of URIs is about, or its scheme if it names no host; None for other kinds."""
    kind, _, uri = pattern.partition(":")
    if kind != "URI":
        return None
    scheme, _, rest = uri.partition(":")
    host = _HOST.match(rest)
    return host[1].strip("[]") if host else f"{scheme}:"


def _places_of(uri: str) -> Iterator[str]:
    """The places that a URI may be about, also for a program that reads its user part as the host."""
    parts = uri_parts(comparable_uri(uri))
    yield f"{uri.partition(':')[0]}:"
    if parts is not None and parts.plain_host:
        yield parts.plain_host
        yield from re.split(r"[@:]", parts.user.lower())


def matching_patterns(name: str) -> Iterator[str]:
    """All patterns that match the name, the most specific one first."""
    kind, _, value = name.partition(":")
    yield from (f"{kind}:{text}" for text in _MATCHING[kind](value))
    yield ANYTHING


def _matching_dns(name: str) -> Iterator[str]:
    yield name
    _, _, rest = name.partition(".")
    yield f"*.{rest}" if rest else "*"
    while rest:
        yield f"**.{rest}"
        _, _, rest = rest.partition(".")
    yield "**"


def _matching_email(address: str) -> Iterator[str]:
    local, _, host = address.lower().rpartition("@")
    for at in _matching_dns(host):
        yield f"{local}@{at}"
        yield f"*@{at}"


def _matching_ip(text: str) -> Iterator[str]:
    address = ipaddress.ip_address(text)
    address = getattr(address, "ipv4_mapped", None) or address
    for length in range(address.max_prefixlen, -1, -1):
        yield ipaddress.ip_network((address, length), strict=False).compressed


def _matching_uri(uri: str) -> Iterator[str]:
    if _AMBIGUOUS.search(uri):
        return
    uri = comparable_uri(uri)
    yield uri
    longest, of_any_port = uri[:MAX_PATTERN_LENGTH], _with_any_port(uri)
    for end in reversed([at for at, character in enumerate(longest, start=1) if character in "/:"]):
        if of_any_port and end < len(of_any_port):
            yield of_any_port
            of_any_port = None
        yield f"{uri[:end]}*"


def _with_any_port(uri: str) -> str | None:
    """`https://www.example.com:*` for a URI with its scheme's port, which it does not name."""
    parts = uri_parts(uri)
    if parts is None or parts.host is None or parts.port:
        return None
    return f"{parts.scheme}://{parts.host}:*"


def _is_mapped(text: str) -> bool:
    network = ipaddress.ip_network(text)
    return isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED)


_MATCHING: Mapping[str, Callable[[str], Iterator[str]]] = {
    "DNS": _matching_dns,
    "IP": _matching_ip,
    "email": _matching_email,
    "URI": _matching_uri,
}
