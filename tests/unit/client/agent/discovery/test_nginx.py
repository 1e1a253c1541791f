"""What NGINX's configuration says, by file and byte."""

from pathlib import Path

import pytest

from certctl_client.agent.discovery.findings import VirtualHost
from certctl_client.agent.discovery.nginx import Reader, _hosts, words_in
from certctl_client.errors import CommandError


def _found(folder: Path, **files: str) -> list[VirtualHost]:
    for name, text in files.items():
        (folder / f"{name}.conf").write_text(text)
    sections = Reader(folder).parsed(folder / "main.conf")
    return [host for section in sections for host in _hosts(section, folder)]


def test_servers_with_tls_are_found_with_names_and_addresses(tmp_path: Path) -> None:
    (host,) = _found(
        tmp_path,
        main="http { server { listen 80; server_name _; }\n"
        "server { listen 443 ssl; listen [::]:8443 ssl http2; listen unix:/x ssl;\n"
        "server_name A.example b.example;\n"
        "ssl_certificate c.pem; ssl_certificate_key '/k e y.pem'; } }",
    )

    assert (host.names, host.addresses) == (["a.example", "b.example"], ["*:443", "[::]:8443"])
    assert (host.certificate, host.key) == (tmp_path / "c.pem", Path("/k e y.pem"))
    assert host.certificate_at.line == 4


def test_a_mention_is_the_bytes_of_the_word(tmp_path: Path) -> None:
    text = 'http { # ü "\nserver { listen 443 ssl; ssl_certificate "/ä/c.pem"; ssl_certificate_key k; } }'
    (host,) = _found(tmp_path, main=text)

    at = host.certificate_at
    assert (tmp_path / "main.conf").read_bytes()[at.start : at.end].decode() == '"/ä/c.pem"'
    assert host.certificate == Path("/ä/c.pem")


def test_several_certificates_belong_to_the_keys_in_order(tmp_path: Path) -> None:
    found = _found(
        tmp_path,
        main="http { server { listen 443 ssl; ssl_certificate rsa.pem; ssl_certificate_key rsa.key;"
        " ssl_certificate ec.pem; ssl_certificate_key ec.key; } }",
    )

    pairs = [(host.certificate.name, host.key and host.key.name) for host in found]
    assert pairs == [("rsa.pem", "rsa.key"), ("ec.pem", "ec.key")]


def test_certificates_come_from_included_files_and_from_the_section_above(tmp_path: Path) -> None:
    found = _found(
        tmp_path,
        main="http { ssl_certificate up.pem; ssl_certificate_key up.key; include s*.conf; }",
        s1="server { listen 443 ssl; include tls.conf; }",
        s2="server { listen 444 ssl; server_name own.example; }",
        tls="ssl_certificate in.pem; ssl_certificate_key in.key;",
    )

    assert [host.certificate.name for host in found] == ["in.pem", "up.pem"]
    assert found[0].certificate_at.file == tmp_path / "tls.conf"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [("$name.pem", "variable"), ("data:x", "not a file"), ("engine:x:y", "not a file")],
)
def test_what_is_no_file_is_not_moved(tmp_path: Path, certificate: str, reason: str) -> None:
    (host,) = _found(
        tmp_path,
        main=f"http {{ server {{ listen 443 ssl; ssl_certificate {certificate}; ssl_certificate_key k; }} }}",
    )

    assert reason in host.hindrance


def test_braces_in_strings_patterns_and_lua_do_not_count(tmp_path: Path) -> None:
    (host,) = _found(
        tmp_path,
        main="http { server { listen 443 ssl; location ~ '^/[0-9]{3}$' { return 200 \"}\"; }\n"
        "content_by_lua_block { if a then b = { 1 } end }\n"
        "ssl_certificate c; ssl_certificate_key k; } }",
    )

    assert host.certificate == tmp_path / "c"


def test_includes_in_a_circle_end_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="in a circle"):
        _found(tmp_path, main="include other.conf;", other="include main.conf;")


def test_an_unfinished_string_is_named_by_its_line() -> None:
    with pytest.raises(CommandError, match=r"x\.conf:2 is not"):
        list(words_in('a;\n"b', Path("x.conf")))


def test_blocks_that_are_nested_too_deep_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nested"):
        _found(tmp_path, main="a {" * 5_000)
