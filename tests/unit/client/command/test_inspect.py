"""`certctl inspect`: a TLS server, a file, and the exit code of each finding."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certctl_client.errors import ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.judging.endpoints import order_of
from certctl_client.judging.probing import BRIEFLY
from certctl_client.main import main
from certctl_client.probing.probes import StartTls


def server_files(directory: Path, days: int, begins: int = 1, *, is_ca: bool = True) -> Path:
    """A self-signed certificate for localhost, which ends in so many days, and its key; in one PEM file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(begins))
        .not_valid_after(now + timedelta(days, 60))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(is_ca, None), True)
        .sign(key, SHA256())
    )
    file = directory / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    return file


@contextmanager
def serving(file: Path) -> Iterator[int]:
    """A TLS server that ends each connection after the handshake. Yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.fixture(autouse=True)
def _without_a_stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CERTCTL_CONFIG", str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("days", "code"), [(90, ExitCode.OK), (3, ExitCode.ENDS_SOON), (-1, ExitCode.NOT_INTACT)]
)
def test_a_server_that_a_client_trusts_is_judged_by_its_end(
    tmp_path: Path, days: int, code: ExitCode
) -> None:
    file = server_files(tmp_path, days, begins=5)
    with serving(file) as port:
        ended = main(["inspect", f"localhost:{port}", "--ca-cert", str(file), "-o", "json"])
    assert ended == code


def test_a_server_that_a_client_refuses_is_faulty_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(server_files(tmp_path, 90)) as port:
        assert main(["inspect", f"localhost:{port}"]) == ExitCode.NOT_INTACT
    out = capsys.readouterr().out
    assert "a client refuses it: self-signed certificate" in out
    assert "DNS:localhost" in out


def test_a_certificate_for_another_name_is_faulty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = server_files(tmp_path, 90)
    with serving(file) as port:
        where = f"localhost:{port}"
        code = main(["inspect", where, "--ca-cert", str(file), "--name", "www.example.com"])
    assert code == ExitCode.NOT_INTACT
    assert "www.example.com" in capsys.readouterr().out


def test_no_server_is_unreachable(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["inspect", f"localhost:{port}"]) == ExitCode.UNREACHABLE
    assert f"localhost:{port} cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "code"), [("localhost", ExitCode.OK), ("other", ExitCode.NOT_INTACT)])
def test_a_file_is_judged_by_its_names_too(tmp_path: Path, name: str, code: ExitCode) -> None:
    assert main(["inspect", str(server_files(tmp_path, 90)), "--name", name]) == code


def _verdict(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    code = main([*command, "-o", "json"])
    return code, str(json.loads(capsys.readouterr().out)["verdict"])


def test_a_self_signed_file_is_not_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leaf = server_files(tmp_path, 90, is_ca=False)
    assert _verdict(capsys, "inspect", str(leaf)) == (ExitCode.NOT_INTACT, "faulty")
    assert _verdict(capsys, "inspect", str(leaf), "--ca-cert", str(leaf)) == (ExitCode.OK, "good")


def test_whether_a_file_is_trusted_is_judged_with_a_ca_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ca, other = server_files(tmp_path, 90), tmp_path / "other"
    other.mkdir()
    foreign = server_files(other, 90)
    assert _verdict(capsys, "inspect", str(ca)) == (ExitCode.OK, "not judged")
    assert _verdict(capsys, "inspect", str(ca), "--ca-cert", str(foreign)) == (ExitCode.NOT_INTACT, "faulty")


@pytest.mark.parametrize(
    ("text", "host", "port", "sni"),
    [
        ("www.example.com", "www.example.com", 443, "www.example.com"),
        ("WWW.example.com.:8443", "www.example.com", 8443, "www.example.com"),
        ("https://www.example.com/", "www.example.com", 443, "www.example.com"),
        ("münchen.example", "xn--mnchen-3ya.example", 443, "xn--mnchen-3ya.example"),
        ("192.0.2.1", "192.0.2.1", 443, ""),
        ("2001:db8::1", "2001:db8::1", 443, ""),
        ("[2001:db8::1]", "2001:db8::1", 443, ""),
        ("[2001:db8::1]:8443", "2001:db8::1", 8443, ""),
    ],
)
def test_a_server_is_named_as_in_a_url_or_less(text: str, host: str, port: int, sni: str) -> None:
    order = order_of(text, BRIEFLY)
    assert (order.host, order.port, order.sni) == (host, port, sni)


@pytest.mark.parametrize("text", ["www.example.com:0", "www.example.com:https", ":443", "www:70000"])
def test_what_is_neither_a_file_nor_a_server_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="neither a file nor HOST:PORT"):
        order_of(text, BRIEFLY)


@pytest.mark.parametrize(("port", "protocol"), [(587, StartTls.SMTP), (389, StartTls.LDAP), (443, None)])
def test_the_protocol_before_tls_is_that_of_the_port_unless_it_is_said(
    port: int, protocol: StartTls | None
) -> None:
    assert order_of(f"x.example:{port}", BRIEFLY).starttls is protocol
    assert order_of(f"x.example:{port}", BRIEFLY, starttls="none").starttls is None
    assert order_of(f"x.example:{port}", BRIEFLY, starttls="imap").starttls is StartTls.IMAP
