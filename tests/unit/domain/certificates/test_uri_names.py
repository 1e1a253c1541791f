"""One grammar for URI names: what issuing takes, others read alike."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto import name_syntax
from certctl.domain.certificates.uri_names import uri_parts

PIECES = st.sampled_from(["[", "]", "@", ":", "/", "?", "#", ".", "a", "B", "1", "::1", "%", "x.example"])
URIS = st.lists(PIECES, max_size=14).map(lambda pieces: f"https://{''.join(pieces)}")


@given(URIS)
def test_whatever_is_issued_has_one_host_for_every_parser(text: str) -> None:
    try:
        name = name_syntax.uri(text)
    except ValueError:
        return
    parts = uri_parts(name)
    assert parts is not None
    assert parts.plain_host == urlsplit(name).hostname


@pytest.mark.parametrize(
    ("text", "host", "has_ip"),
    [
        ("https://www.example.com/x", "www.example.com", False),
        ("https://user:pw@www.example.com:8443/x", "www.example.com", False),
        ("https://192.0.2.7/x", "192.0.2.7", True),
        ("https://[2001:DB8::1]:8443/x", "2001:db8::1", True),
        ("urn:uuid:1", None, False),
    ],
)
def test_the_host_is_plain(text: str, host: str | None, has_ip: bool) -> None:
    parts = uri_parts(text)
    assert parts is not None
    assert (parts.plain_host, parts.has_ip_host) == (host, has_ip)


@pytest.mark.parametrize(
    "text", ["https://[abc]@www.example.com/x", "https://", "https://:1/x", "https://[::1", "no uri", ""]
)
def test_what_names_no_host_is_none(text: str) -> None:
    assert uri_parts(text) is None
