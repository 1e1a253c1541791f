"""OCSP answers a second on one core: ours, and those of `openssl ocsp` as a server, in the same run.

Run: `PYTHONPATH=layers/certctl:. .venv/bin/python -m bench.bench_ocsp`. Processor time, so that other work on
the machine matters less. Ours is the whole handler but for the tables' network: botocore makes, signs and
reads real requests, which are answered in this process. openssl has its index in memory, and answers over
HTTP; the time of its client is not counted. Last result (2026-12-01, 2 cores with a load of 8, Python 3.13,
OpenSSL 3.5.9): ECDSA parsed, built and signed 19,500, the handler 1,340; RSA 3,200 and 980; openssl with
ECDSA 16,700.
"""

import json
import os
import resource
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from certctl.api.status.ocsp_messages import http_response, request_body
from certctl.connectors.aws.clients import make_client
from certctl.crypto.pem import certificate_pem
from certctl.crypto.status.ocsp_issuers import issuer_keys
from certctl.crypto.status.ocsp_requests import parse_ocsp_request
from certctl.crypto.status.ocsp_responses import SingleAnswer, build_response
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.status.ocsp import StoredResponder
from certctl.services.status.ocsp_answers import OcspAnswers
from certctl.store.status.ocsp_reads import OcspReads, responder_text
from tests.support.api.http import event
from tests.support.authorities.authority import Authority, new_authority
from tests.support.openssl import openssl
from tests.support.status.ocsp import a_responder, request_of

SERIAL = 0x0123456789ABCDEF
ANSWERS = 2000
PEERS_ANSWERS = 1000
_TABLES = {name: name for name in ("state", "serials", "revocations")}
_HEADERS = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0"})
_NOW = datetime.now(UTC)


def main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    for root, issuing in (
        (KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P256),
        (KeySpec.RSA_3072, KeySpec.RSA_2048),
    ):
        authority = new_authority((), root, issuing)
        body = request_of(authority.issuing, [SERIAL]).der
        _report(f"{issuing.family}: parsed, built and signed", _per_second(_bytes_alone(authority, body)))
        _report(f"{issuing.family}: the handler, botocore included", _per_second(_handler(authority, body)))
    authority = new_authority()
    body = request_of(authority.issuing, [SERIAL]).der
    _report("openssl ocsp, as a server", _of_openssl(authority, body))


def _report(what: str, per_second: float) -> None:
    print(f"{what:<42}{per_second:>8.0f} a second, {1e6 / per_second:.0f} us each")


def _per_second(answer: Callable[[], object]) -> float:
    for _ in range(50):
        answer()
    began = time.process_time()
    for _ in range(ANSWERS):
        answer()
    return ANSWERS / (time.process_time() - began)


def _bytes_alone(authority: Authority, body: bytes) -> Callable[[], object]:
    responder, until = a_responder(authority), _NOW + timedelta(hours=1)

    def answer() -> bytes:
        (certificate,) = parse_ocsp_request(body).certificates
        single = SingleAnswer(certificate.der, is_issued=True)
        return build_response(responder, [single], _NOW, until, None)

    return answer


def _handler(authority: Authority, body: bytes) -> Callable[[], object]:
    responder, ends = a_responder(authority), _NOW + timedelta(hours=72)
    stored = StoredResponder("ca-1", "01", responder.certificate, b"", _NOW, ends)
    client = make_client("dynamodb", "us-east-1")
    client.meta.events.register("before-send.dynamodb.GetItem", _Rows(authority, stored).answer)
    validity = timedelta(hours=12)
    answers = OcspAnswers(
        OcspReads(client, _TABLES), lambda _: responder, validity, lambda: datetime.now(UTC)
    )
    sent = event("POST", "/ocsp/ca-1", body=body)
    return lambda: http_response(answers.answer(request_body(sent)))


class _Rows:
    """Answers GetItem in place of the network."""

    def __init__(self, authority: Authority, stored: StoredResponder) -> None:
        self._issuers = issuer_keys(certificate_pem(authority.issuing))
        self._stored = stored

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        asked = json.loads(request.body)
        item = self._item(asked["TableName"], asked["Key"])
        raw = _Raw(json.dumps({"Item": item} if item else {}).encode())
        return AWSResponse(request.url, 200, _HEADERS, raw)

    def _item(self, table: str, key: Any) -> dict[str, Any] | None:
        if table == "serials":
            ends = f"{_NOW + timedelta(days=90):%Y-%m-%dT%H:%M:%SZ}"
            return {"crl_shard": {"N": "0"}, "not_after": {"S": ends}, "state": {"S": "issued"}}
        if table == "revocations" or key["kind"]["S"] == "ocsp_recovery":
            return None
        by_kind = {"ca": "ca-1", "ocsp_issuer": "ca-1", "ocsp_responder": responder_text(self._stored)}
        return {"id": key["id"], "body": {"S": by_kind[key["kind"]["S"]]}}


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> list[bytes]:
        return [self._content]


def _of_openssl(authority: Authority, body: bytes) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = ["openssl", "ocsp", *_server_files(authority, folder), "-nrequest", str(PEERS_ANSWERS)]
        port = _free_port()
        with subprocess.Popen(
            [*command, "-port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            for _ in range(PEERS_ANSWERS):
                _ask(port, body)
            server.wait(60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return PEERS_ANSWERS / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _server_files(authority: Authority, folder: Path) -> list[str]:
    """The options that name them. A self-made responder's key: what it costs to sign is the same."""
    ca, key, signer, index = (str(folder / name) for name in ("ca.pem", "key.pem", "signer.pem", "index.txt"))
    Path(ca).write_text(certificate_pem(authority.issuing))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=responder", "-keyout", key, "-out", signer)  # fmt: skip
    Path(index).write_text(f"V\t{_NOW + timedelta(days=90):%y%m%d%H%M%SZ}\t\t{SERIAL:X}\tunknown\t/CN=a\n")
    return ["-index", index, "-CA", ca, "-rsigner", signer, "-rkey", key, "-ndays", "1"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(port: int, body: bytes) -> bytes:
    head = f"POST / HTTP/1.0\r\nContent-Type: application/ocsp-request\r\nContent-Length: {len(body)}\r\n\r\n"
    for _ in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(head.encode() + body)
                return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionRefusedError:  # it starts
            time.sleep(0.05)
    raise TimeoutError("openssl ocsp does not listen")


if __name__ == "__main__":
    main()
