"""The guard for hosts without URLs: which are refused, and how far away the others are."""

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy, Refusal, UrlRefused
from certctl.domain.networks import PinnedHost, Reach
from tests.support.channels.hostile_urls import PUBLIC
from tests.support.channels.receivers import ScriptedDns

OPENED = ["10.0.0.0/8", "127.0.0.0/8", "93.184.216.0/24"]
DNS = ScriptedDns(
    {
        "mail.example": [[PUBLIC, "2606:4700::1111"]],
        "relay.internal": [["10.0.0.5"]],
        "localhost": [["127.0.0.1"]],
        "both.internal": [["10.0.0.5", "127.0.0.1"]],
        "mixed.internal": [["10.0.0.5", PUBLIC]],
        "empty.example": [[]],
    }
)


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("mail.example", Reach.PUBLIC),
        ("relay.internal", Reach.PRIVATE),
        ("localhost", Reach.LOCAL),
        ("both.internal", Reach.PRIVATE),
        ("mixed.internal", Reach.PUBLIC),
        ("10.1.2.3", Reach.PRIVATE),
        (PUBLIC, Reach.PUBLIC),
    ],
)
def test_the_farthest_address_counts_in_local_mode(host: str, reach: Reach) -> None:
    assert AddressGuard(GuardPolicy.for_local_mode(OPENED), DNS).resolve_host(host, 25).reach is reach


def test_on_aws_no_address_is_local() -> None:
    assert (
        AddressGuard(GuardPolicy.for_stack(OPENED), DNS).resolve_host("localhost", 25).reach is Reach.PRIVATE
    )


def test_a_host_is_resolved_once_and_in_lower_case() -> None:
    dns = ScriptedDns({"mail.example": [[PUBLIC, PUBLIC], ["127.0.0.1"]]})
    pinned = AddressGuard(GuardPolicy.for_stack(), dns).resolve_host("Mail.Example.", 587)
    assert pinned == PinnedHost("mail.example", 587, (PUBLIC,), Reach.PUBLIC)
    assert dns.asked == ["mail.example"]


def test_an_address_in_brackets_needs_no_lookup() -> None:
    dns = ScriptedDns({})
    pinned = AddressGuard(GuardPolicy.for_stack(), dns).resolve_host("[2606:4700:0::1111]", 587)
    assert (pinned.host, pinned.addresses, dns.asked) == ("2606:4700::1111", ("2606:4700::1111",), [])


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("", Refusal.MALFORMED),
        ("mail.example:25", Refusal.MALFORMED),
        ("mail.example/", Refusal.MALFORMED),
        ("user@mail.example", Refusal.MALFORMED),
        ("https://mail.example", Refusal.MALFORMED),
        ("mail.example\r\nQUIT", Refusal.MALFORMED),
        ("\u212aube.example", Refusal.MALFORMED),
        ("::1", Refusal.MALFORMED),
        ("2130706433", Refusal.MALFORMED),
        ("[::1%lo]", Refusal.MALFORMED),
        ("unknown.example", Refusal.UNRESOLVED),
        ("empty.example", Refusal.UNRESOLVED),
        ("relay.internal", Refusal.FORBIDDEN_ADDRESS),
        ("mixed.internal", Refusal.FORBIDDEN_ADDRESS),
        ("localhost", Refusal.FORBIDDEN_ADDRESS),
        ("169.254.169.254", Refusal.FORBIDDEN_ADDRESS),
        ("[::ffff:127.0.0.1]", Refusal.FORBIDDEN_ADDRESS),
    ],
)
def test_a_bad_host_is_refused_with_its_reason(host: str, reason: Refusal) -> None:
    with pytest.raises(UrlRefused) as refusal:
        AddressGuard(GuardPolicy.for_stack(), DNS).resolve_host(host, 25)
    assert refusal.value.reason is reason
    assert not host or host not in refusal.value.detail
