"""The strict grammar of URLs, and that no other parser reads another host into what it accepts."""

from ipaddress import IPv6Address
from urllib.parse import urlsplit

import pytest
import urllib3.util
from hypothesis import example, given
from hypothesis import strategies as st

from certctl.domain.urls import UrlMalformed, UrlParts, split_url


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        (
            "https://hooks.slack.com/services/T0/B0/x",
            UrlParts("https", "hooks.slack.com", None, "/services/T0/B0/x"),
        ),
        ("HTTPS://Hooks.Example:8443", UrlParts("https", "hooks.example", 8443, "/")),
        ("https://hooks.example.?a=b&c=%20", UrlParts("https", "hooks.example", None, "/?a=b&c=%20")),
        ("http://127.0.0.1:8080/x", UrlParts("http", "127.0.0.1", 8080, "/x")),
        ("https://[2606:4700::1111]:443/", UrlParts("https", "2606:4700::1111", 443, "/")),
        ("https://xn--bcher-kva.example/", UrlParts("https", "xn--bcher-kva.example", None, "/")),
        ("https://a_b.example/", UrlParts("https", "a_b.example", None, "/")),
        ("https://1password.example/a@b:c", UrlParts("https", "1password.example", None, "/a@b:c")),
        ("https://0x7f.example/", UrlParts("https", "0x7f.example", None, "/")),
        ("https://localhost:65535/", UrlParts("https", "localhost", 65535, "/")),
    ],
)
def test_a_plain_url_comes_apart(url: str, parts: UrlParts) -> None:
    assert split_url(url) == parts


HOSTS = st.one_of(
    st.text(alphabet="abx019.-_[]:%@", min_size=1, max_size=16),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map("[{}]".format),
    st.from_regex(r"[a-z0-9_]{1,8}(\.[a-z0-9-]{1,8}){0,3}\.?", fullmatch=True),
)
PORTS = st.one_of(st.just(""), st.integers(-1, 70_000).map(":{}".format), st.text(":0123@x", max_size=6))
TAILS = st.text(alphabet="/?@#:\\.%a1 \n\u3002", max_size=12)


@given(HOSTS, PORTS, TAILS)
@example("a.example:80@b.example", "", "/")
@example("[::1]", ":443", "/")
@example("hooks.example", "", "?@evil.example/")
@example("hooks.example", "", "\\@evil.example/")
def test_what_is_accepted_has_the_same_host_for_other_parsers(host: str, port: str, tail: str) -> None:
    url = f"https://{host}{port}{tail}"
    if refusal_of(url):
        return
    parts, standard, other = split_url(url), urlsplit(url), urllib3.util.parse_url(url)
    assert same_host(standard.hostname, parts.host)
    assert same_host(other.host, parts.host)
    assert standard.port == other.port == parts.port
    assert (standard.username, other.auth) == (None, None)


@given(st.text(max_size=60))
def test_any_text_is_taken_apart_or_refused_without_being_quoted(text: str) -> None:
    assert len(text) < 12 or text not in refusal_of(f"https://{text}")


def refusal_of(url: str) -> str:
    """Empty if the URL is accepted."""
    try:
        split_url(url)
    except UrlMalformed as malformed:
        return str(malformed)
    return ""


def same_host(theirs: str | None, ours: str) -> bool:
    """IPv6 addresses have many spellings of one value."""
    bare = (theirs or "").strip("[]").removesuffix(".")
    return IPv6Address(bare) == IPv6Address(ours) if ":" in ours else bare == ours


@pytest.mark.parametrize("url", ["https://user:password@hooks.example/", "https://@hooks.example/"])
def test_a_url_with_a_password_says_what_is_wrong_with_it(url: str) -> None:
    assert refusal_of(url) == "the URL may not hold a user name or password"
