"""OCSP answers that are served, beside served ones: ours and those of `openssl ocsp`, all over HTTP/1.0 on
loopback with one connection each, by the processor time of the server. A function call is never beside a
server here."""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.x509.ocsp import OCSPResponseStatus, load_der_ocsp_response

from bench.harness.base import BASE, HERE, base_tree, environment_of
from bench.harness.rows import Row, Skipped
from bench.harness.turns import beside
from bench.ocsp.answers_side import SERIAL
from certctl.crypto.pem import certificate_pem
from tests.support.authorities.authority import new_authority
from tests.support.openssl import openssl
from tests.support.status.ocsp import request_of

_ANSWERS = 400
_SERVER = Path(__file__).with_name("answers_side.py")
_KEYS = {"ECDSA": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "RSA": ("rsa:2048",)}
_BYTES = "openssl parses and writes in C, ours in Python; both sign by OpenSSL."
_HANDLER = (
    "openssl has its index in memory, and is restarted to see a revocation. Ours reads rows by requests that "
    "botocore makes, signs and parses."
)


@dataclass(frozen=True)
class _Server:
    """A process that serves answers."""

    pid: int
    port: int
    request: bytes

    def turn(self) -> float:
        """Microseconds of its processor time for one answer."""
        before = self._nanoseconds()
        for _ in range(_ANSWERS):
            self.ask()
        return (self._nanoseconds() - before) / _ANSWERS / 1000

    def ask(self) -> bytes:
        head = "POST / HTTP/1.0\r\nContent-Type: application/ocsp-request\r\n"
        sent = f"{head}Content-Length: {len(self.request)}\r\n\r\n".encode() + self.request
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(sent)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def _nanoseconds(self) -> int:
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0])


def rows() -> Iterator[Row]:
    if shutil.which("openssl") is None:
        raise Skipped("no openssl")
    for family in _KEYS:
        with ExitStack() as stack:
            signed = stack.enter_context(_ours(HERE, "bytes", family))
            handler = stack.enter_context(_ours(HERE, "handler", family))
            before = stack.enter_context(_ours(base_tree(), "handler", family))
            peer = stack.enter_context(_openssl(family))
            for server in (signed, handler, before, peer):
                _check(server)
            name, unit = f"{family}: parsed, built, signed, served", "us"
            yield replace(beside(signed.turn, peer.turn).row(name, unit, "openssl ocsp"), note=_BYTES)
            whole = f"{family}: the whole handler, served"
            yield replace(beside(handler.turn, peer.turn).row(whole, unit, "openssl ocsp"), note=_HANDLER)
            yield beside(handler.turn, before.turn).row(whole, unit, f"base {BASE}")


def _check(server: _Server) -> None:
    _, _, body = server.ask().partition(b"\r\n\r\n")
    if load_der_ocsp_response(body).response_status is not OCSPResponseStatus.SUCCESSFUL:
        raise SystemExit(f"the server on port {server.port} does not answer")


@contextmanager
def _ours(tree: Path, kind: str, family: str) -> Iterator[_Server]:
    command = [sys.executable, str(_SERVER), kind, family]
    with _started(command, cwd=tree, env=environment_of(tree)) as process:
        if process.stdout is None:
            raise RuntimeError("the process has no output")
        told = json.loads(process.stdout.readline())
        yield _Server(process.pid, told["port"], base64.b64decode(told["request"]))


@contextmanager
def _openssl(family: str) -> Iterator[_Server]:
    authority = new_authority()
    with tempfile.TemporaryDirectory() as folder:
        port, options = _free_port(), _files(certificate_pem(authority.issuing), family, Path(folder))
        command = ["openssl", "ocsp", *options, "-port", str(port)]
        with _started(command, cwd=Path(folder), env=dict(os.environ)) as process:
            server = _Server(process.pid, port, request_of(authority.issuing, [SERIAL]).der)
            _wait_for(server)
            yield server


def _files(ca: str, family: str, folder: Path) -> list[str]:
    """The options that name them. A self-made responder's key: what it costs to sign is the same."""
    (folder / "ca.pem").write_text(ca)
    openssl("req", "-x509", "-newkey", *_KEYS[family], "-nodes", "-subj", "/CN=responder",
            "-keyout", str(folder / "key.pem"), "-out", str(folder / "signer.pem"))  # fmt: skip
    ends = datetime.now(UTC) + timedelta(days=90)
    (folder / "index.txt").write_text(f"V\t{ends:%y%m%d%H%M%SZ}\t\t{SERIAL:X}\tunknown\t/CN=a\n")
    return [
        "-index",
        "index.txt",
        "-CA",
        "ca.pem",
        "-rsigner",
        "signer.pem",
        "-rkey",
        "key.pem",
        "-ndays",
        "1",
    ]


@contextmanager
def _started(command: list[str], cwd: Path, env: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_for(server: _Server) -> None:
    """Asks with a whole request: an empty connection would keep openssl busy."""
    for _ in range(100):
        try:
            server.ask()
            return
        except ConnectionRefusedError:  # it starts
            time.sleep(0.05)
    raise TimeoutError("openssl ocsp does not listen")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
