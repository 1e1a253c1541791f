"""What HAProxy's configuration says: files, directories, crt-lists."""

from pathlib import Path

import pytest

from certctl_client.agent.discovery.findings import Commands, Server
from certctl_client.agent.discovery.haproxy import server_of
from certctl_client.errors import CommandError


def _found(folder: Path, text: str) -> Server:
    path = folder / "h.cfg"
    path.write_text(text)
    return server_of(Commands(["haproxy", "-f", str(path)], (), ()))


def test_certificates_of_a_bind_line_are_found(tmp_path: Path) -> None:
    (tmp_path / "b.pem.key").touch()
    (tmp_path / "b.pem").touch()
    server = _found(
        tmp_path,
        f"global\n crt-base {tmp_path}\nfrontend f # bind :1 ssl crt no\n"
        ' bind :443,ipv6@[::1]:444 ssl crt "a.pem" alpn h2 crt b.pem\n bind :80\n'
        "backend b\n server s 1.2.3.4 crt c\n",
    )

    first, second = server.hosts
    assert (first.certificate, first.key) == (tmp_path / "a.pem", None)
    assert (second.certificate, second.key) == (tmp_path / "b.pem", tmp_path / "b.pem.key")
    assert first.addresses == ["*:443", "[::1]:444"]
    at = first.certificate_at
    assert (at.file.read_bytes()[at.start : at.end], at.line) == (b'"a.pem"', 4)


def test_a_directory_has_its_files_in_order_without_hidden_ones_and_companions(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for name in ("b.pem", "a.pem", ".c.pem", "a.pem.ocsp", "a.pem.key"):
        (tmp_path / "d" / name).touch()

    server = _found(tmp_path, f"frontend f\n bind :443 ssl crt {tmp_path}/d\n")

    assert [host.certificate.name for host in server.hosts] == ["a.pem", "b.pem"]
    assert {host.folder for host in server.hosts} == {tmp_path / "d"}
    assert server.hosts[0].key == tmp_path / "d" / "a.pem.key"


def test_a_crt_list_names_files_with_options_and_names(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(
        "# comment\n/x.pem [alpn h2 ocsp-update on] A.example !b.example\n\n/y.pem\n"
    )

    server = _found(tmp_path, f"frontend f\n bind :443 ssl crt-list {tmp_path}/list\n")

    assert [(str(host.certificate), host.names) for host in server.hosts] == [
        ("/x.pem", ["a.example"]),
        ("/y.pem", []),
    ]
    assert server.hosts[0].certificate_at.file == tmp_path / "list"


def test_a_list_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    server = _found(tmp_path, f"frontend f\n bind :443 ssl crt-list {tmp_path}/none\n")

    assert server.hosts == []
    assert "none cannot be read" in server.problems[0]


def test_bundles_stores_and_variables_stay(tmp_path: Path) -> None:
    (tmp_path / "s.pem.rsa").touch()
    (tmp_path / "s.pem.ecdsa").touch()
    server = _found(
        tmp_path,
        "crt-store web\n load crt x.pem\n"
        f"frontend f\n bind :443 ssl crt {tmp_path}/s.pem crt @web/x.pem crt $C\n",
    )

    assert [bool(host.hindrance) for host in server.hosts] == [True] * 4
    assert "crt-store" in server.problems[0]


def test_a_command_without_a_configuration_is_refused() -> None:
    with pytest.raises(CommandError, match="names no configuration"):
        server_of(Commands(["haproxy"], (), ()))


def test_symbolic_links_in_a_circle_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.cfg").symlink_to(tmp_path / "b.cfg")
    (tmp_path / "b.cfg").symlink_to(tmp_path / "a.cfg")

    with pytest.raises(CommandError, match="cannot be read"):
        server_of(Commands(["haproxy", "-f", str(tmp_path / "a.cfg")], (), ()))
