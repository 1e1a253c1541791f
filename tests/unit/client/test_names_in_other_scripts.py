"""Internationalized names, as people write them and as certificates contain them."""

import pytest

from certctl_client.errors import ConfigurationError
from certctl_client.idn import as_a_labels, with_unicode


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("www.example.com", "www.example.com"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("*.münchen.example", "*.xn--mnchen-3ya.example"),
        ("DNS:münchen.example", "DNS:xn--mnchen-3ya.example"),
        ("email:ops@münchen.example", "email:ops@xn--mnchen-3ya.example"),
        ("2001:db8::1", "2001:db8::1"),
        ("URI:spiffe://mesh/ü", "URI:spiffe://mesh/ü"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
    ],
)
def test_a_name_is_sent_in_a_labels(typed: str, sent: str) -> None:
    assert as_a_labels(typed) == sent


@pytest.mark.parametrize("name", ["ü..example", "-ü.example", f"{'ü' * 64}.example"])
def test_a_name_that_idna_does_not_allow_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a valid domain name"):
        as_a_labels(name)


def test_a_name_is_shown_in_both_spellings() -> None:
    assert with_unicode("*.xn--mnchen-3ya.example") == "*.xn--mnchen-3ya.example (*.münchen.example)"
    assert with_unicode("www.example.com") == "www.example.com"
    assert with_unicode("xn--a.example") == "xn--a.example"
