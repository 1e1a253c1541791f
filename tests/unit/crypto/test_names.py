"""What may stand in a subject alternative name, and that it survives the way through X.509."""

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.names import San, from_general_name, names_of, parse_san, to_general_name
from certctl.domain.errors import InvalidInput

_LABELS = st.from_regex(r"[a-z]([a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)
_HOSTS = st.lists(_LABELS, min_size=1, max_size=6).map(".".join)
_SANS = st.one_of(
    _HOSTS.map(lambda host: San("DNS", host)),
    _HOSTS.map(lambda host: San("DNS", f"*.{host}")),
    st.ip_addresses().map(lambda ip: San("IP", ip.compressed)),
    _HOSTS.map(lambda host: San("email", f"Some.One@{host}")),
    _HOSTS.map(lambda host: San("URI", f"https://{host}:8443/A/b?c=D")),
    _HOSTS.map(lambda host: San("URI", f"spiffe://{host}/ns/Prod/sa/web")),
)


@given(_SANS)
def test_a_name_survives_text_and_x509(san: San) -> None:
    assert parse_san(str(san)) == san
    assert parse_san(san.value) == san
    assert from_general_name(to_general_name(san)) == san


@given(st.text(max_size=300))
def test_any_text_is_either_a_name_that_stays_as_it_is_or_refused_in_ascii(text: str) -> None:
    san = parsed(text)
    if isinstance(san, InvalidInput):
        assert san.detail.isascii()
        assert len(san.detail) < 800
    else:
        assert parse_san(str(san)) == san
        assert from_general_name(to_general_name(san)) == san


def parsed(text: str) -> San | InvalidInput:
    try:
        return parse_san(text)
    except InvalidInput as refused:
        return refused


@pytest.mark.parametrize(
    ("text", "san"),
    [
        ("WWW.Example.COM", San("DNS", "www.example.com")),
        ("dns:a.example", San("DNS", "a.example")),
        ("DNS:*.Example.com", San("DNS", "*.example.com")),
        ("localhost", San("DNS", "localhost")),
        ("xn--mnchen-3ya.example", San("DNS", "xn--mnchen-3ya.example")),
        ("192.0.2.1", San("IP", "192.0.2.1")),
        ("2001:DB8:0:0::1", San("IP", "2001:db8::1")),
        ("IP:::1", San("IP", "::1")),
        ("Ops@Example.com", San("email", "Ops@example.com")),
        ("spiffe://Prod.Example/ns/Web", San("URI", "spiffe://prod.example/ns/Web")),
        ("HTTPS://Host.Example:8443/Path", San("URI", "https://host.example:8443/Path")),
        ("https://[2001:DB8::1]/x", San("URI", "https://[2001:db8::1]/x")),
        ("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",) * 2,
        ("URI:mailto:a@example.com", San("URI", "mailto:a@example.com")),
    ],
)
def test_names_are_recognised_and_normalised(text: str, san: San | str) -> None:
    assert parse_san(text) == (San("URI", san) if isinstance(san, str) else san)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " www.example.com",
        "www.example.com.",
        "a..example",
        ".example.com",
        "*",
        "*.*.example.com",
        "a.*.example.com",
        "f*.example.com",
        "-a.example",
        "a-.example",
        "under_score.example",
        "münchen.example",
        "xn--.example",
        "xn--a.example",
        "xn--abc-.example",
        "xn--ls8h.example",
        "a" * 64 + ".example",
        ".".join(["a" * 50] * 6),
        "a\x00b.example",
        "www.example.com\n",
        "192.0.2.256",
        "10.0.0.0/8",
        "DNS:192.0.2.1",
        "fe80::1%eth0",
        "IP:www.example.com",
        "host.example:8443",
        "a@b@example.com",
        "@example.com",
        "a@*.example.com",
        "ü@example.com",
        "a b@example.com",
        "https://",
        "https:///path",
        "https://under_score.example/",
        "https://host.example/a b",
        "https://[::1/x",
        "https://[abc]@www.example.com/x",
        "https://a]b@www.example.com/x",
        "https://a@b@www.example.com/x",
        "https://www.example.com:x/",
        "spiffe://host?b",
        "spiffe://host#b",
        "spiffe://",
        "spiffe://host:80/a",
        "spiffe://user@host/a",
        "spiffe://host/a//b",
        "spiffe://host/../b",
        "spiffe://host/a?b",
        "spiffe://host/a/",
        "URI:relative/path",
        "URI:urn:",
        "My Service",
        "\ud800.example",
    ],
)
def test_other_texts_are_refused_on_sans(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_san(text)
    assert [problem.field for problem in refused.value.problems] == ["sans"]
    assert "allowed are DNS names" in refused.value.problems[0].message


def test_the_common_name_comes_first_and_nothing_comes_twice() -> None:
    names = names_of("WWW.example.com", ["a.example", "www.Example.com", "192.0.2.1", "A.example"])
    assert names == (San("DNS", "www.example.com"), San("DNS", "a.example"), San("IP", "192.0.2.1"))


def test_every_bad_name_is_reported_with_its_field() -> None:
    with pytest.raises(InvalidInput) as refused:
        names_of("My Service", ["ok.example", "under_score.example", "*"])
    assert [problem.field for problem in refused.value.problems] == ["common_name", "sans", "sans"]


def test_a_common_name_takes_no_prefix() -> None:
    with pytest.raises(InvalidInput):
        names_of("DNS:www.example.com", [])


def test_eighty_names_are_the_most_the_common_name_counted() -> None:
    others = [f"{number}.example.com" for number in range(80)]
    assert len(names_of("0.example.com", others)) == 80
    for common_name, sans in (("www.example.com", others), ("0.example.com", [*others, "0.example.com"])):
        with pytest.raises(InvalidInput) as refused:
            names_of(common_name, sans)
        assert "80" in refused.value.problems[0].message


def test_other_kinds_of_general_names_are_refused() -> None:
    for name in (x509.RegisteredID(x509.ObjectIdentifier("1.2.3")), x509.DirectoryName(x509.Name([]))):
        with pytest.raises(InvalidInput, match="not supported"):
            from_general_name(name)


_SPELT = st.lists(st.booleans(), min_size=13, max_size=13).map(
    lambda ups: "".join(c.upper() if up else c for c, up in zip("microsoft.com", ups, strict=True))
)
_DATES = st.sampled_from(["2022", "2022-09", "2022-09-14", "2022-9-14", "%32022-09-14", ""])
_LOGONS = st.builds(
    "{}:{}{}{}{}:sid:S-1-5-21-1-2-3-500".format,
    st.sampled_from(["tag", "TAG", "Tag"]),
    st.sampled_from(["", "", "", "a@", "//", "///", "%20"]),
    _SPELT.flatmap(
        lambda host: st.sampled_from([host, host.replace("m", "%6d"), host.replace(".", "%2e"), f"{host}."])
    ),
    st.sampled_from([",", ",", "%2C", "%2c", ""]),
    _DATES,
)


@given(_LOGONS)
def test_no_spelling_of_a_windows_logon_is_a_name(uri: str) -> None:
    with pytest.raises(InvalidInput):
        parse_san(f"URI:{uri}")
    with pytest.raises(InvalidInput):
        from_general_name(x509.UniformResourceIdentifier(uri))


def test_the_reason_against_a_windows_logon_says_so() -> None:
    with pytest.raises(InvalidInput, match=r"Windows accepts tags of microsoft\.com as a logon"):
        parse_san("URI:tag:Microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500")


@pytest.mark.parametrize(
    "tag",
    ["tag:example.com,2026:web/1", "tag:Ops@example.com,2026-01-02:%41?x", "tag:my-microsoft.com,2026:a"],
)
def test_other_tags_are_names(tag: str) -> None:
    assert parse_san(f"URI:{tag}") == San("URI", tag)
