"""moto behind HTTP: functions in processes of their own reach the tables of this one."""

import base64
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from tests.support.aws.clients import REGION
from tests.support.serving import running_server

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/aws4_request")
_BYTES = {"Message", "Plaintext", "CiphertextBlob"}


@contextmanager
def served_aws(kms: Any) -> Iterator[str]:
    """The endpoint's URL, inside `local_aws`. Keys are those of `kms`, since moto hashes a digest again."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(kms))
    with running_server(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


def _handler(kms: Any) -> type[BaseHTTPRequestHandler]:
    alone = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found = _SERVICE.search(self.headers.get("Authorization", ""))
            service = found[1] if found else "s3"
            with alone:
                status, headers, answer = (
                    _answer_of_kms(kms, self.headers, body)
                    if service == "kms"
                    else self._answer_of_moto(service, body)
                )
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "connection", "date", "server"):
                    self.send_header(name, str(value))
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_any

        def _answer_of_moto(self, service: str, body: bytes) -> tuple[int, Mapping[str, Any], bytes]:
            headers = HTTPHeaders()
            for name, value in self.headers.items():
                headers[name] = value
            url = f"https://{service}.{REGION}.amazonaws.com{self.path}"
            answer = botocore_stubber.process_request(
                AWSPreparedRequest(self.command, url, headers, body, stream_output=False)
            )
            if answer is None:
                raise AssertionError(f"nothing answers for {service}")
            status, theirs, text = answer
            return status, theirs, text.encode() if isinstance(text, str) else text

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def _answer_of_kms(kms: Any, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    operation = headers["X-Amz-Target"].partition(".")[2]
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    given = {k: base64.b64decode(v) if k in _BYTES else v for k, v in json.loads(body).items()}
    answer = getattr(kms, name)(**given)
    shown = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in answer.items()}
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(shown).encode()
