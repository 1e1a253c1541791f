"""Which server a command calls, with which key, and what it says of one that it cannot reach."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from certctl_client.api import operations
from certctl_client.contexts import Context, change_contexts, load_contexts
from certctl_client.exit_codes import ExitCode
from certctl_client.main import main
from tests.support.client.server import KEY, Asked, LoopbackServer, Reply, json_reply
from tests.support.openssl import openssl


def respond(asked: Asked) -> Reply:
    required = operations.LIST_API_KEYS.required_fields
    record = dict.fromkeys(required, None) | {"id": asked.headers["authorization"][-6:]}
    found = json_reply({"data": [record], "next_cursor": None, "per_page": 1})
    return replace(found, headers={"X-Request-ID": "req-7"})


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(respond).running() as server:
        yield server


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file that does not exist yet, and nothing in the environment."""
    for name in ("CERTCTL_URL", "CERTCTL_API_KEY", "CERTCTL_CONTEXT", "CERTCTL_CA_CERT", "CERTCTL_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "config.toml"
    monkeypatch.setenv("CERTCTL_CONFIG", str(path))
    return path


@pytest.fixture
def two_stacks(config: Path, server: LoopbackServer) -> Path:
    """The contexts `one` and `two`, on the same server with other keys; `two` is in use."""
    environment = {"CERTCTL_CONFIG": str(config)}
    one, two = Context(server.url, "certctl_key-one"), Context(server.url, "certctl_key-two")
    change_contexts(environment, lambda stored: stored.with_context("one", one))
    change_contexts(environment, lambda stored: stored.with_context("two", two))
    return config


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    assert "certctl_key" not in out + err
    return code, out, err


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("keys", "nothing"), None),
        (("keys", "list", "-o", "name"), "ey-two"),
        (("--context", "one", "keys", "list", "-o", "name"), "ey-one"),
        (("keys", "list", "--context", "one", "-o", "name"), "ey-one"),
        (("-o", "name", "keys", "list", "--context=one"), "ey-one"),
    ],
)
@pytest.mark.usefixtures("two_stacks")
def test_a_context_is_chosen_before_or_after_the_command(
    arguments: tuple[str, ...], key: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = shown(capsys, *arguments)
    assert (code, out) == ((ExitCode.OK, f"{key}\n") if key else (ExitCode.USAGE, ""))


@pytest.mark.usefixtures("two_stacks")
def test_a_context_that_is_named_overrides_the_environment_and_only_for_this_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_API_KEY", "certctl_key-env")
    assert shown(capsys, "keys", "list", "-o", "name")[1] == "ey-env\n"
    assert shown(capsys, "keys", "list", "-o", "name", "--context", "one")[1] == "ey-one\n"
    assert shown(capsys, "keys", "list", "-o", "name")[1] == "ey-env\n"


def test_contexts_are_listed_used_shown_and_deleted_without_their_keys(
    two_stacks: Path, server: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(capsys, "context", "list", "-o", "csv")[1] == (
        f"name,current,url,ca_cert\none,false,{server.url},\ntwo,true,{server.url},\n"
    )
    assert shown(capsys, "context", "use", "one")[0] == ExitCode.OK
    assert "one" in shown(capsys, "context", "show")[1]
    assert shown(capsys, "context", "use", "three")[0] == ExitCode.USAGE
    assert shown(capsys, "context", "delete", "one", "--yes")[0] == ExitCode.OK
    assert shown(capsys, "logout", "--context", "two")[0] == ExitCode.OK
    assert not two_stacks.exists()
    assert shown(capsys, "logout")[2] == "There is nothing to remove.\n"


def test_login_adds_a_context_and_uses_it(
    config: Path,
    server: LoopbackServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name in ("prod", "trial"):
        key = tmp_path / "key"
        key.write_text(KEY)
        with key.open() as opened:
            monkeypatch.setattr("sys.stdin", opened)
            code, _, err = shown(capsys, "login", "--url", server.url, "--context", name, "--key-stdin")
        assert (code, KEY in err) == (ExitCode.OK, False)
    stored = load_contexts({"CERTCTL_CONFIG": str(config)})
    assert (sorted(stored.contexts), stored.current) == (["prod", "trial"], "trial")


@pytest.mark.usefixtures("two_stacks")
def test_debug_shows_requests_on_standard_error_without_the_key(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = shown(capsys, "keys", "list", "--debug", "-o", "name")
    assert (code, out) == (ExitCode.OK, "ey-two\n")
    assert "GET http://127.0.0.1" in err
    assert "per_page=51 -> 200 " in err
    assert err.endswith(" ms request req-7\n")


def test_a_refused_connection_and_an_unknown_name_are_called_so(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_API_KEY", KEY)
    with closing(socket.socket()) as bound:  # not listening
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        code, _, err = shown(capsys, "whoami", "--url", url)
    assert (code, "cannot be reached: connection refused." in err) == (ExitCode.UNREACHABLE, True)
    code, _, err = shown(capsys, "whoami", "--url", "https://nothing.invalid")
    assert (code, "the name cannot be resolved" in err) == (ExitCode.UNREACHABLE, True)


@pytest.fixture
def private_ca(tmp_path: Path) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    file = tmp_path / "ca.pem"
    openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"),
        *("-subj", "/CN=private", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", tmp_path / "key.pem", "-out", file),
    )
    return file


@pytest.fixture
def tls_url(private_ca: Path) -> Iterator[str]:
    """A server that only shakes hands."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(private_ca, private_ca.with_name("key.pem"))
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=_shake_hands, args=(context, listening), daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


def _shake_hands(context: ssl.SSLContext, listening: socket.socket) -> None:
    while True:
        try:
            accepted, _ = listening.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(accepted, server_side=True) as secured:
                secured.recv(4096)
                secured.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            accepted.close()


def test_a_private_ca_is_named_with_its_remedy_which_works(
    config: Path,
    tls_url: str,
    private_ca: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CERTCTL_API_KEY", KEY)
    code, _, err = shown(capsys, "whoami", "--url", tls_url)
    assert code == ExitCode.UNREACHABLE
    assert "its certificate is not trusted: self-signed certificate" in err
    assert "--ca-cert FILE" in err
    assert shown(capsys, "whoami", "--url", tls_url, "--ca-cert", str(private_ca))[0] == ExitCode.NOT_FOUND
    code, _, err = shown(capsys, "--ca-cert", "/dev/null", "whoami", "--url", tls_url)
    assert (code, "cannot be used as CA certificate" in err) == (ExitCode.USAGE, True)
