"""`certctl probe`: each finding with its exit code, on one screen, for one server and for many."""

import io
import json
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from certctl_client.exit_codes import ExitCode
from certctl_client.judging.kinds import EXIT_CODES, NEXT_STEPS, Kind, exit_code
from certctl_client.main import main
from tests.support.probing.pki import Identity, Pki, pem, rsa_key
from tests.support.probing.servers import saying, serving, shaking_hands, tls_context

PKI = Pki()


@pytest.fixture(autouse=True)
def _without_a_stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CERTCTL_CONFIG", str(tmp_path / "none.toml"))


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(PKI.root_file(tmp_path))


@contextmanager
def served(
    identity: Identity, directory: Path, oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
) -> Iterator[str]:
    context = tls_context(identity.written(directory), oldest=oldest)
    with serving(shaking_hands(context)) as port:
        yield f"localhost:{port}"


def alone(identity: Identity) -> Identity:
    """The certificate without the one of the intermediate CA."""
    return Identity(identity.chain[:1], identity.key)


def with_a_gap(identity: Identity) -> Identity:
    return Identity((identity.leaf, PKI.root), identity.key)


_GOOD: Callable[[], Identity] = lambda: PKI.identity()  # noqa: E731
_CASES: dict[Kind, Callable[[], Identity]] = {
    Kind.EXPIRED: lambda: PKI.identity(days=-2.5),
    Kind.NOT_YET_VALID: lambda: PKI.identity(begins=2),
    Kind.NAME_MISMATCH: lambda: PKI.identity(["www.example.com"]),
    Kind.UNTRUSTED: lambda: Pki().identity(),
    Kind.CHAIN_INCOMPLETE: lambda: alone(PKI.identity()),
    Kind.WEAK: lambda: PKI.identity(key=rsa_key(1024)),
    Kind.ENDS_SOON: lambda: PKI.identity(days=5),
}


def signed_with_sha1(issuer: Identity, directory: Path) -> Path:
    """One PEM file with a certificate for localhost, its chain and key."""
    above, configuration = issuer.written(directory, "issuer"), directory / "openssl.cnf"
    configuration.write_text(
        "[req]\ndistinguished_name=name\nx509_extensions=all\n[name]\n[all]\nsubjectAltName=DNS:localhost\n"
    )
    made = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        f"{directory}/key.pem",
        "-sha1",
        "-subj",
        "/CN=localhost",
    ]
    signed = ["-config", str(configuration), "-CA", str(above), "-CAkey", str(above)]
    leaf = subprocess.run(["openssl", "req", "-x509", *made, *signed], check=True, capture_output=True).stdout
    file = directory / "sha1.pem"
    file.write_bytes(leaf + (directory / "key.pem").read_bytes() + pem(issuer.chain))
    return file


def findings_in(text: str) -> list[str]:
    return [each["finding"] for each in json.loads(text)["findings"]]


@pytest.mark.parametrize("kind", _CASES)
def test_each_finding_has_an_exit_code(
    kind: Kind, root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(_CASES[kind](), tmp_path) as host:
        code = main(["probe", host, "--ca", root, "-o", "json"])
    assert (code, findings_in(capsys.readouterr().out)) == (EXIT_CODES[kind], [kind])


def test_a_good_server_is_good(root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(_GOOD(), tmp_path) as host:
        assert main(["probe", host, "--ca", root, "-o", "json"]) == ExitCode.OK
    record = json.loads(capsys.readouterr().out)
    assert (record["verdict"], record["findings"], record["notes"]) == ("good", [], [])
    assert record["protocols"] == {
        "TLSv1.3": "accepted",
        "TLSv1.2": "accepted",
        "TLSv1.1": "refused",
        "TLSv1": "refused",
    }


def test_old_versions_are_a_finding(root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(_GOOD(), tmp_path, oldest=ssl.TLSVersion.TLSv1) as host:
        assert main(["probe", host, "--ca", root, "-o", "json"]) == ExitCode.OLD_PROTOCOL
    assert findings_in(capsys.readouterr().out) == [Kind.OLD_PROTOCOL] * 2


def test_a_signature_with_sha1_is_weak(root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """cryptography signs nothing with SHA-1."""
    made = signed_with_sha1(Identity(PKI.intermediate.chain, PKI.intermediate.key), tmp_path)
    with serving(shaking_hands(tls_context(made))) as port:
        assert main(["probe", f"localhost:{port}", "--ca", root, "-o", "json"]) == ExitCode.WEAK
    assert findings_in(capsys.readouterr().out) == [Kind.WEAK]


@pytest.mark.parametrize(("issuer", "code"), [("intermediate", ExitCode.OK), ("R11", ExitCode.UNEXPECTED)])
def test_another_issuer_than_the_expected_one_is_a_finding(
    issuer: str, code: ExitCode, root: str, tmp_path: Path
) -> None:
    with served(_GOOD(), tmp_path) as host:
        assert main(["probe", host, "--ca", root, "--expect-issuer", issuer]) == code


def test_the_name_asked_for_is_the_one_that_the_certificate_must_have(root: str, tmp_path: Path) -> None:
    with served(PKI.identity(["www.example.com"]), tmp_path) as host:
        assert main(["probe", host, "--ca", root, "--sni", "www.example.com"]) == ExitCode.OK


def test_a_chain_with_a_gap_is_incomplete(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(with_a_gap(_GOOD()), tmp_path) as host:
        assert main(["probe", host, "--ca", root, "-o", "json"]) == ExitCode.CHAIN_INCOMPLETE
    capsys.readouterr()


def test_what_a_server_sends_besides_a_valid_chain_is_only_noted(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = _GOOD()
    odd = Identity((good.leaf, PKI.identity(days=-9.5).leaf, *good.chain[1:]), good.key)
    with served(odd, tmp_path) as host:
        assert main(["probe", host, "--ca", root, "-o", "json"]) == ExitCode.OK
    assert "certificate 2 expired 9 days ago" in json.loads(capsys.readouterr().out)["notes"]


def test_no_server_is_unreachable_and_is_said_why(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["probe", f"127.0.0.1:{port}"]) == ExitCode.UNREACHABLE
    out = capsys.readouterr().out
    assert "it shows no certificate: connection refused" in out
    assert NEXT_STEPS[Kind.UNREACHABLE] in out


def test_a_protocol_before_tls_is_named(root: str, tmp_path: Path) -> None:
    context = tls_context(_GOOD().written(tmp_path))
    with serving(shaking_hands(context, saying(8, b"S"))) as port:
        arguments = ["probe", f"localhost:{port}", "--ca", root]
        assert main([*arguments, "--starttls", "postgres"]) == ExitCode.OK
        assert main(arguments) == ExitCode.UNREACHABLE


def test_one_screen_has_the_verdict_the_chain_each_address_and_what_to_do(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(PKI.identity(days=-2.5), tmp_path) as host:
        main(["probe", host, "--ca", root])
    out = capsys.readouterr().out
    for text in ("faulty", "expired 2 days ago", "TLSv1.1 refused", "127.0.0.1", "CN=Intermediate"):
        assert text in out
    assert NEXT_STEPS[Kind.EXPIRED] in out
    assert len(out.splitlines()) <= 24


def test_servers_from_standard_input_are_one_line_each(
    root: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(_GOOD(), tmp_path) as host:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"# ours\n\n{host}\n{host} # again\n127.0.0.1:1\n"))
        assert main(["probe", "-", "--ca", root, "-o", "name"]) == ExitCode.UNREACHABLE
    assert capsys.readouterr().out.splitlines() == [host, "127.0.0.1:1"]


def test_several_servers_are_a_list_in_the_order_of_the_arguments(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two").mkdir()
    with served(_GOOD(), tmp_path) as one, served(PKI.identity(days=-2.5), tmp_path / "two") as two:
        assert main(["probe", two, one, "--ca", root, "-o", "json"]) == ExitCode.EXPIRED
    records: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [(each["endpoint"], each["verdict"]) for each in records] == [(two, "faulty"), (one, "good")]


def test_of_several_findings_the_most_urgent_decides() -> None:
    assert exit_code({Kind.OLD_PROTOCOL, Kind.EXPIRED, Kind.ENDS_SOON}) == ExitCode.EXPIRED
    assert exit_code({Kind.ENDS_SOON, Kind.WEAK}) == ExitCode.WEAK
    assert exit_code(set()) == ExitCode.OK


def test_every_kind_has_an_exit_code_and_a_next_step_and_the_help_names_the_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert set(EXIT_CODES) == set(NEXT_STEPS) == set(Kind)
    main(["probe", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for kind, code in EXIT_CODES.items():
        if kind is not Kind.NOT_YET_VALID:
            assert f"{int(code)} {kind}" in text


@pytest.mark.parametrize(
    "host", ["", "a b", "www.example.com:99999", "x" * 64 + ".example", "www..example", "http://x"]
)
def test_what_is_no_server_is_refused_before_anything_is_sent(host: str) -> None:
    assert main(["probe", host]) == ExitCode.USAGE


def test_a_file_of_cas_without_a_certificate_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.pem"
    file.write_text("nothing")
    assert main(["probe", "localhost:1", "--ca", str(file)]) == ExitCode.USAGE
