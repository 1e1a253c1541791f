"""What Apache's configuration says, by its dumps and files."""

from pathlib import Path

from certctl_client.agent.discovery.apache import (
    _blocks,
    _hosts,
    active_in,
    directives_in,
    included_in,
    lines_of,
)
from certctl_client.agent.discovery.findings import VirtualHost
from certctl_client.agent.discovery.reading import Files

_PAIR = "SSLCertificateFile c.pem\nSSLCertificateKeyFile k.pem\n"


def _found(folder: Path, dump: str, **files: str) -> list[VirtualHost]:
    for name, text in files.items():
        (folder / f"{name}.conf").write_text(text)
    dump = dump.replace("DIR", str(folder))
    blocks = list(_blocks(lines_of(included_in(dump), Files()), active_in(dump)))
    return list(_hosts(blocks, folder, {"PORT": "8443"}))


def test_an_active_virtual_host_is_found_in_an_included_file(tmp_path: Path) -> None:
    dump = (
        "Included configuration files:\n  (*) DIR/main.conf\n    (1) DIR/a.conf\n      (4) DIR/tls.conf\n"
        "VirtualHost configuration:\n*:8443   a.example (DIR/a.conf:1)\n"
    )
    (host,) = _found(
        tmp_path,
        dump,
        main="Include a.conf\n",
        a="<VirtualHost *:${PORT}>\nServerName https://A.example:8443\nServerAlias b.example\n"
        "Include tls.conf\n"
        "SSLEngine on\n</VirtualHost>\n<IfDefine X>\n<VirtualHost *:9>\nSSLEngine on\n"
        f"{_PAIR}</VirtualHost>\n</IfDefine>\n",
        tls=_PAIR,
    )

    assert (host.names, host.addresses) == (["a.example", "b.example"], ["*:8443"])
    assert (host.certificate, host.key) == (tmp_path / "c.pem", tmp_path / "k.pem")
    assert host.certificate_at.file == tmp_path / "tls.conf"


def test_a_host_without_a_certificate_has_the_main_servers(tmp_path: Path) -> None:
    dump = "  (*) DIR/main.conf\n*:443  a (DIR/main.conf:3)\n"
    (host,) = _found(tmp_path, dump, main=f"{_PAIR}<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\n")

    assert host.certificate == tmp_path / "c.pem"


def test_a_host_without_tls_is_left_out(tmp_path: Path) -> None:
    dump = "  (*) DIR/main.conf\n*:443  a (DIR/main.conf:1)\n"

    assert _found(tmp_path, dump, main=f"<VirtualHost *:443>\n{_PAIR}</VirtualHost>\n") == []


def test_a_chain_file_is_turned_into_a_comment(tmp_path: Path) -> None:
    dump = "  (*) DIR/main.conf\n*:443  a (DIR/main.conf:1)\n"
    text = f"<VirtualHost *:443>\nSSLEngine on\n{_PAIR}  SSLCertificateChainFile ch.pem\n</VirtualHost>\n"
    (host,) = _found(tmp_path, dump, main=text)

    assert host.chain == tmp_path / "ch.pem"
    assert host.chain_at is not None
    assert text[host.chain_at.start :].startswith("SSLCertificateChainFile")


def test_a_variable_that_the_dump_does_not_show_keeps_the_file(tmp_path: Path) -> None:
    dump = "  (*) DIR/main.conf\n*:443  a (DIR/main.conf:1)\n"
    pair = "SSLCertificateFile ${X}/c\nSSLCertificateKeyFile k\n"
    text = f"<VirtualHost *:443>\nSSLEngine on\n{pair}</VirtualHost>\n"

    assert "variable" in _found(tmp_path, dump, main=text)[0].hindrance


def test_lines_may_be_continued_and_quoted() -> None:
    text = '# SSLEngine on\nSSLCertificateFile \\\n  "/a b/\\"c.pem"\nSSLEngine on'

    first, second = directives_in(text, Path("x"))

    assert (first.words, second.words) == (['/a b/"c.pem'], ["on"])
    assert text[first.at.start : first.at.end] == '"/a b/\\"c.pem"'
    assert (first.at.line, second.at.line) == (2, 4)
