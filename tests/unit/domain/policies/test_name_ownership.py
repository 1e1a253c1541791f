"""Which team may have which name: by example, and against an oracle that enumerates."""

import ipaddress
import random
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.names import parse_san
from certctl.domain.certificates.uri_names import uri_parts
from certctl.domain.errors import InvalidInput
from certctl.domain.policies.name_ownership import NameOwnership, parse_allowed_name

Patterns = Mapping[str, Sequence[str]]


def _refused(team_id: str, patterns: Patterns, *names: str) -> list[str]:
    found = NameOwnership(patterns).refusals(team_id, patterns[team_id], names)
    return [refusal.name for refusal in found]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("DNS:pay.example.com", "exact"),
        ("DNS:www.example.com", "one"),
        ("DNS:*.example.com", None),
        ("DNS:a.www.example.com", "deep"),
        ("DNS:a.b.x.example.com", "deeper"),
        ("DNS:example.com", "dns"),
        ("DNS:intranet", "single"),
        ("IP:10.1.2.3", "ten-one"),
        ("IP:10.2.0.1", "ten"),
        ("IP:::ffff:10.1.2.3", "ten-one"),
        ("IP:192.0.2.1", "all"),
        ("URI:spiffe://corp/b/api", "b"),
        ("URI:spiffe://corp/b", "corp"),
        ("URI:spiffe://corp/b/admin", "admin"),
        ("URI:spiffe://corp/b/%61dmin", None),
        ("URI:https://me@corp/x", None),
        ("URI:https://corp/a/../b", None),
        ("URI:https://corp/.", None),
        ("URI:https://corp/.well-known", "web"),
        ("email:CEO@example.com", "boss"),
        ("email:me@example.com", "mail"),
        ("email:me@x.example.com", "all"),
    ],
)
def test_the_most_specific_pattern_has_the_name_but_for_names_that_reach_into_anothers(
    name: str, owner: str | None
) -> None:
    written = {
        "all": ["*:*"],
        "dns": ["**"],
        "single": ["*"],
        "deep": ["**.example.com"],
        "deeper": ["**.x.example.com"],
        "one": ["*.example.com"],
        "exact": ["pay.example.com"],
        "ten": ["IP:10.0.0.0/8"],
        "ten-one": ["IP:10.1.0.0/16"],
        "corp": ["URI:spiffe://Corp/*"],
        "b": ["URI:spiffe://corp/b/*"],
        "admin": ["URI:spiffe://corp/b/admin"],
        "web": ["URI:https://corp/*"],
        "mail": ["email:*@example.com"],
        "boss": ["email:ceo@EXAMPLE.com"],
    }
    patterns = {team: list(map(parse_allowed_name, texts)) for team, texts in written.items()}
    ownership = NameOwnership(patterns)
    having = [team for team, own in patterns.items() if not ownership.refusals(team, own, [name])]
    assert having == ([owner] if owner else [])


def test_a_pattern_that_two_teams_list_is_of_both() -> None:
    patterns = {"a": ["DNS:*.example.com"], "b": ["DNS:*.example.com"], "c": ["*:*"]}
    assert _refused("a", patterns, "DNS:www.example.com") == []
    assert _refused("b", patterns, "DNS:www.example.com") == []
    assert _refused("c", patterns, "DNS:www.example.com") == ["DNS:www.example.com"]


def test_a_wildcard_is_refused_while_another_team_has_a_name_that_it_covers() -> None:
    patterns = {"a": ["DNS:**.example.com"], "b": ["DNS:pay.example.com", "DNS:**.b.example.com"]}
    wildcards = ["DNS:*.example.com", "DNS:*.pay.example.com", "DNS:*.x.example.com"]
    assert _refused("a", patterns, *wildcards) == ["DNS:*.example.com"]
    shared = patterns | {"a": ["DNS:**.example.com", "DNS:pay.example.com"]}
    assert _refused("a", shared, *wildcards) == []


def test_the_own_patterns_that_are_given_replace_what_is_known_of_the_team() -> None:
    ownership = NameOwnership({"a": ["DNS:a.example.com"], "b": ["DNS:**.example.com"]})
    assert ownership.refusals("b", ["DNS:**.example.com"], ["DNS:a.example.com"]) != []
    assert ownership.refusals("a", ["*:*"], ["DNS:a.example.org"]) == []
    assert ownership.refusals("a", ["*:*"], ["DNS:a.example.com"]) != []


def test_a_refusal_says_what_is_allowed_and_not_whose_the_name_is() -> None:
    ownership = NameOwnership({"t-secret": ["DNS:pay.example.com"]})
    [none, other, outside, wildcard] = [
        ownership.refusals("t-a", own, [name])[0].reason
        for own, name in (
            ([], "DNS:a.example.com"),
            (["DNS:**.example.com"], "DNS:pay.example.com"),
            ([f"DNS:{n}.example.org" for n in range(7)], "DNS:a.example.com"),
            (["DNS:**.example.com"], "DNS:*.example.com"),
        )
    ]
    assert "certctl teams edit t-a --allow-name" in none
    assert "another team" in other
    assert outside.endswith("DNS:4.example.org and 2 more")
    assert "would cover" in wildcard
    assert "t-secret" not in none + other + outside + wildcard
    assert "pay.example.com" not in wildcard


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("*:*", "*:*"),
        ("**.Example.com", "DNS:**.example.com"),
        ("uri:SPIFFE://Corp/Team-B/*", "URI:spiffe://corp/Team-B/*"),
        ("email:CEO@Example.com", "email:ceo@example.com"),
        ("ip:10.0.0.0/8", "IP:10.0.0.0/8"),
    ],
)
def test_a_pattern_has_one_normal_form(text: str, normal: str) -> None:
    assert parse_allowed_name(text) == normal
    assert parse_allowed_name(normal) == normal


@pytest.mark.parametrize(
    "text",
    ["", "*:", "a b", "IP:::ffff:10.0.0.0/104", "URI:https://a@b/*", "URI:https://b/../*", "x" * 257],
)
def test_what_is_no_pattern_or_matches_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|matches nothing|write the IPv4"):
        parse_allowed_name(text)


# The oracle: what the rules say, by sets of names and ranks, without the candidates of the code.

_LABELS = ("a", "b")
_HOSTS = [".".join(labels) for labels in [("d",), *((x, "d") for x in _LABELS)]]
_HOSTS += [f"{x}.{y}.d" for x in _LABELS for y in _LABELS] + [f"{x}.a.b.d" for x in _LABELS]
_PARENTS = ("d", "a.d", "b.d", "a.b.d")
_PATHS = ("a", "b", "a/a", "a/b", "b/a", "a/../b", "a/b/.", "a%62", "a/.b")


def _names() -> list[str]:
    dns = [f"DNS:{host}" for host in [*_HOSTS, *(f"*.{parent}" for parent in _PARENTS)]]
    ips = [f"IP:{text}" for text in ("10.0.0.1", "10.0.1.1", "10.1.0.1", "11.0.0.1", "::1", "::2")]
    uris = [f"URI:x://{host}/{path}" for host in ("a", "b", "u@a") for path in _PATHS]
    mails = [f"email:{local}@{host}" for local in ("p", "P", "q") for host in _HOSTS]
    return dns + ips + uris + mails


def _all_patterns() -> list[str]:
    hosts = [*_HOSTS, *(f"{stars}.{parent}" for stars in ("*", "**") for parent in _PARENTS), "*", "**"]
    networks = ("10.0.0.1/32", "10.0.0.0/24", "10.0.0.0/16", "10.0.0.0/8", "0.0.0.0/0", "::1/128", "::/0")
    uris = ("x:*", "x://a/*", "x://b/*", "x://a/a", "x://a/a/*", "x://a/a/b", "x://b/b/*")
    return [
        "*:*",
        *(f"DNS:{host}" for host in hosts),
        *(f"IP:{network}" for network in networks),
        *(f"URI:{uri}" for uri in uris),
        *(f"email:{local}@{host}" for local in ("p", "*") for host in hosts),
    ]


def _dns_rank(name: str, pattern: str) -> tuple[int, ...] | None:
    """The rank of a pattern, the greater, the more specific; None if it does not match."""
    labels, wanted = name.split("."), pattern.split(".")
    if wanted[0] == "**":
        tail = wanted[1:]
        fits = len(labels) > len(tail) and labels[len(labels) - len(tail) :] == tail
        return (0, len(tail)) if fits else None
    if wanted[0] == "*":
        return (1, 0) if len(labels) == len(wanted) and labels[1:] == wanted[1:] else None
    return (2, 0) if labels == wanted else None


def _ip_rank(name: str, pattern: str) -> tuple[int, ...] | None:
    network, address = ipaddress.ip_network(pattern), ipaddress.ip_address(name)
    is_in = network.version == address.version and (
        int(address) >> (network.max_prefixlen - network.prefixlen)
    ) == (int(network.network_address) >> (network.max_prefixlen - network.prefixlen))
    return (network.prefixlen,) if is_in else None


def _uri_rank(name: str, pattern: str) -> tuple[int, ...] | None:
    if "@" in name or "%" in name or {".", ".."} & set(name.split("/")):
        return None
    if pattern[-1] != "*":
        return (len(pattern), 1) if name == pattern else None
    return (len(pattern) - 1, 0) if name[: len(pattern) - 1] == pattern[:-1] else None


def _mail_rank(name: str, pattern: str) -> tuple[int, ...] | None:
    (local, host), (wanted, of_host) = name.lower().split("@"), pattern.split("@")
    rank = _dns_rank(host, of_host)
    if rank is None or wanted not in ("*", local):
        return None
    return (*rank, int(wanted != "*"))


_RANKS: Mapping[str, Callable[[str, str], tuple[int, ...] | None]] = {
    "DNS": _dns_rank,
    "IP": _ip_rank,
    "URI": _uri_rank,
    "email": _mail_rank,
}


def _rank(name: str, pattern: str) -> tuple[int, ...] | None:
    if pattern == "*:*":
        return (-1,)
    (kind, _, value), (wanted, _, text) = name.partition(":"), pattern.partition(":")
    return _RANKS[kind](value, text) if kind == wanted else None


def _owners(name: str, patterns: Patterns) -> set[str]:
    ranked = [(_rank(name, text), team) for team, texts in patterns.items() for text in texts]
    matching = [(rank, team) for rank, team in ranked if rank is not None]
    best = max((rank for rank, _ in matching), default=None)
    return {team for rank, team in matching if rank == best}


def _is_read_as_others(team_id: str, name: str, patterns: Patterns) -> bool:
    """Only `*:*` matches it, and another team lists its host, or all of its scheme."""
    if not name.startswith("URI:") or _uri_rank(name, "*") is not None:
        return False
    host = name.split("/")[2].rpartition("@")[2]
    of_others = [text for team, texts in patterns.items() if team != team_id for text in texts]
    return any(text == "URI:x:*" or text.startswith(f"URI:x://{host}/") for text in of_others)


def _expected(team_id: str, names: Sequence[str], patterns: Patterns) -> list[str]:
    refused = []
    for name in names:
        covered = [name]
        if name.startswith("DNS:*."):
            single = [f"DNS:{host}" for host in _HOSTS if host.partition(".")[2] == name[len("DNS:*.") :]]
            own = patterns[team_id]
            listed = {text for team, texts in patterns.items() if team != team_id for text in texts}
            covered += [host for host in single if host in listed and host not in own]
        if any(team_id not in _owners(each, patterns) for each in covered) or _is_read_as_others(
            team_id, name, patterns
        ):
            refused.append(name)
    return refused


def test_a_thousand_random_sets_of_patterns_agree_with_the_oracle() -> None:
    source = random.Random(17)  # noqa: S311  # the same sets in each run
    names, listed = _names(), _all_patterns()
    teams = ("t-a", "t-b", "t-c", "t-d")
    refused = allowed = 0
    for _ in range(1_000):
        patterns = {team: source.sample(listed, source.randint(0, 12)) for team in teams}
        ownership = NameOwnership(patterns)
        team, wanted = source.choice(teams), source.sample(names, 5)
        expected = _expected(team, wanted, patterns)
        found = ownership.refusals(team, patterns[team], wanted)
        assert [refusal.name for refusal in found] == expected, (patterns, team)
        refused, allowed = refused + len(expected), allowed + len(wanted) - len(expected)
    assert min(refused, allowed) > 900


_SPELLINGS = (
    "https://pay.example.com/",
    "https://pay.example.com",
    "https://pay.example.com:443",
    "https://pay.example.com:443/",
    "https://pay.example.com:0443/",
    "https://pay.example.com:00443",
    "https://pay.example.com?x",
    "https://pay.example.com/?x=1",
    "https://pay.example.com#top",
    "https://me@pay.example.com/",
    "https://pay.example.com@www.example.org/",
    "https://me:pay.example.com@www.example.org/",
    "https://pay.example.com/%2e/a",
    "https://pay.example.com/a/../b",
    "https://pay.example.com//a",
    "https://pay.example.com/%61",
)


@pytest.mark.parametrize("uri", _SPELLINGS)
def test_no_spelling_of_a_listed_host_is_obtained_by_another_team(uri: str) -> None:
    for listed in (
        "URI:https://pay.example.com/*",
        "URI:https://pay.example.com:443/*",
        "URI:https://pay.example.com:*",
    ):
        patterns = {"a": [listed], "b": ["*:*"]}
        assert _refused("b", patterns, f"URI:{uri}") == [f"URI:{uri}"]


@pytest.mark.parametrize("uri", _SPELLINGS[:9])
def test_the_team_that_lists_a_host_has_its_usual_spellings(uri: str) -> None:
    for listed in (
        "URI:https://pay.example.com/*",
        "URI:https://pay.example.com:443/*",
        "URI:https://pay.example.com:*",
    ):
        assert _refused("a", {"a": [listed], "b": ["*:*"]}, f"URI:{uri}") == []


@pytest.mark.parametrize(
    ("listed", "uri"),
    [
        ("https://pay.example.com/a", "https://pay.example.com/a?x"),
        ("https://pay.example.com/a", "https://pay.example.com/a#x"),
        ("https://pay.example.com", "https://pay.example.com:443/"),
        ("https://10.1.2.3/*", "https://[::ffff:a01:203]/x"),
        ("https://[2001:db8::1]/*", "https://[2001:db8::1]:443/x"),
        ("https://*", "https://any.example.com/%61"),
        ("urn:corp:*", "urn:%63orp:x"),
        ("ldaps://dir.example.com/*", "ldaps://dir.example.com:636"),
    ],
)
def test_each_listed_form_is_safe_from_its_other_spellings(listed: str, uri: str) -> None:
    patterns = {"a": [parse_allowed_name(f"URI:{listed}")], "b": ["*:*"]}
    assert _refused("b", patterns, str(parse_san(f"URI:{uri}"))) != []


@pytest.mark.parametrize(
    "uri",
    [
        "https://pay.example.com:8443/",
        "http://pay.example.com/",
        "https://www.example.com/?x",
        "https://www.example.com/%61",
        "urn:other:%61",
    ],
)
def test_other_names_stay_those_of_a_team_that_has_any(uri: str) -> None:
    assert _refused("b", {"a": ["URI:https://pay.example.com/*"], "b": ["*:*"]}, f"URI:{uri}") == []


def test_the_refusal_of_a_spelling_does_not_say_whose_the_name_is() -> None:
    ownership = NameOwnership({"t-secret": ["URI:https://pay.example.com/*"]})
    (refusal,) = ownership.refusals("t-b", ["*:*"], ["URI:https://me@pay.example.com/"])
    assert "may be read as a name of another team" in refusal.reason
    assert "t-secret" not in refusal.reason


_AUTHORITIES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "u@", "u:p@", "%40@"]),
    st.sampled_from(["pay.example.com", "PAY.example.com", "Pay.Example.Com"]),
    st.sampled_from(["", "", ":443", ":0443", ":00443"]),
)
_RESTS = st.lists(
    st.sampled_from(["/", "a", ".", "..", "?", "#", "%2f", "%61", "//", "@", ":"]), max_size=6
).map("".join)


@given(_AUTHORITIES, _RESTS)
def test_whatever_is_issued_for_a_listed_host_is_of_its_team(authority: str, rest: str) -> None:
    try:
        name = str(parse_san(f"URI:https://{authority}{rest}"))
    except InvalidInput:
        return
    parts = uri_parts(name.removeprefix("URI:"))
    assert parts
    if parts.plain_host == "pay.example.com":
        assert _refused("b", {"a": ["URI:https://pay.example.com/*"], "b": ["*:*"]}, name) == [name]


@pytest.mark.parametrize(
    ("names", "team"),
    [
        (["DNS:www.pay.example.com", "DNS:pay.example.com"], "t-pay"),
        (["DNS:www.pay.example.com", "DNS:www.example.com"], None),
        (["DNS:www.shared.example.com"], None),
        (["DNS:www.example.org"], None),
        ([], None),
    ],
    ids=["all of one team", "of two teams", "of a pattern of two teams", "of nobody", "no names"],
)
def test_names_are_of_the_one_team_whose_patterns_have_them_all(names: list[str], team: str | None) -> None:
    listed = {
        "t-pay": ["DNS:**.pay.example.com", "DNS:pay.example.com", "DNS:**.shared.example.com"],
        "t-web": ["DNS:**.example.com", "DNS:**.shared.example.com"],
        "t-default": ["*:*"],
    }
    assert NameOwnership(listed).only_team_of(names) == team
