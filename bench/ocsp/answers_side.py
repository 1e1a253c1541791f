"""Our OCSP answers behind HTTP/1.0, one connection each, as `openssl ocsp` serves its own. Arguments: `bytes`
(parsed, built and signed) or `handler` (all that ocsp_responder does; tables are answered in this process),
then `ECDSA` or `RSA`. Prints its port and a request for it. Runs with any commit's modules."""

import base64
import json
import os
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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
from tests.support.status.ocsp import a_responder, request_of

SERIAL = 0x0123456789ABCDEF
_HEAD = "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: "
_SPECS = {
    "ECDSA": (KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P256),
    "RSA": (KeySpec.RSA_3072, KeySpec.RSA_2048),
}
_TABLES = {name: name for name in ("state", "serials", "revocations")}
_HEADERS = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0"})
_NOW = datetime.now(UTC)

type Answer = Callable[[bytes], bytes]


def main(kind: str, family: str) -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    authority = new_authority((), *_SPECS[family])
    asked = request_of(authority.issuing, [SERIAL]).der
    answer = {"bytes": _signed, "handler": _handled}[kind](authority)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        port = listening.getsockname()[1]
        print(json.dumps({"port": port, "request": base64.b64encode(asked).decode()}), flush=True)
        while True:
            _serve(listening, answer)


def _serve(listening: socket.socket, answer: Answer) -> None:
    connection, _ = listening.accept()
    with connection:
        body = answer(_received(connection))
        connection.sendall(f"{_HEAD}{len(body)}\r\n\r\n".encode() + body)


def _received(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    wanted = int(next(lengths).partition(b":")[2])
    while len(body) < wanted:
        body += connection.recv(65536)
    return body


def _signed(authority: Authority) -> Answer:
    responder, until = a_responder(authority), _NOW + timedelta(hours=1)

    def answer(body: bytes) -> bytes:
        (certificate,) = parse_ocsp_request(body).certificates
        single = SingleAnswer(certificate.der, is_issued=True)
        return build_response(responder, [single], _NOW, until, None)

    return answer


def _handled(authority: Authority) -> Answer:
    responder, ends = a_responder(authority), _NOW + timedelta(hours=72)
    stored = StoredResponder("ca-1", "01", responder.certificate, b"", _NOW, ends)
    client = make_client("dynamodb", "us-east-1")
    client.meta.events.register("before-send.dynamodb.GetItem", _Rows(authority, stored).answer)
    reads, validity = OcspReads(client, _TABLES), timedelta(hours=12)
    answers = OcspAnswers(reads, lambda _: responder, validity, lambda: datetime.now(UTC))

    def answer(body: bytes) -> bytes:
        made = http_response(answers.answer(request_body(event("POST", "/ocsp/ca-1", body=body))))
        return base64.b64decode(made["body"])

    return answer


class _Rows:
    """Answers GetItem in place of the network."""

    def __init__(self, authority: Authority, stored: StoredResponder) -> None:
        self._issuers = issuer_keys(certificate_pem(authority.issuing))
        self._stored = stored

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        asked = json.loads(request.body)
        item = self._item(asked["TableName"], asked["Key"])
        raw: Any = _Raw(json.dumps({"Item": item} if item else {}).encode())
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


if __name__ == "__main__":
    main(*sys.argv[1:])
