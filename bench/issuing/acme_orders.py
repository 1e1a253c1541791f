"""Orders of the ACME server's function and of the signing worker in one process, JWS in and certificate out,
on DynamoDB Local (Java 17 and npm): processor time of an order, beside an earlier commit.

An order of a client whose names are trusted is four signed requests: newOrder, finalize, one poll once it is
signed, and the download; nonces come with the responses. A renewal has the names of an earlier order."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from http import HTTPStatus
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.harness.databases import dynamodb_local
from bench.harness.rows import Row
from bench.harness.sides import answering, both
from bench.harness.turns import median_cpu_ms
from certctl.compose.acme_api import AcmeApi
from certctl.domain.base64url import to_base64url
from functions.acme_api import app
from tests.support.acme.orders import AcmeClient, csr_for, new_client
from tests.support.acme.raw import JOSE, jws
from tests.support.api.http import event
from tests.support.aws.dynamodb_local import credentials, new_database, open_patient_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import new_key
from tests.support.prepared import pki_on, prepare

_HOST = "acme.example.net"
_ROOT = f"https://{_HOST}/acme"
_ORDERS = 10


@dataclass
class _Client:
    """An ACME client on its own."""

    client: AcmeClient
    nonces: list[str] = field(default_factory=list)

    def order(self, name: str) -> None:
        """From newOrder to the certificate; between, the worker signs."""
        csr = csr_for(name, [name], new_key())
        made = self._post("newOrder", f"{_ROOT}/new-order", {"identifiers": [{"type": "dns", "value": name}]})
        url = made["headers"]["Location"]
        self._post("finalize", f"{url}/finalize", {"csr": to_base64url(csr)})
        self.client.plane.work()
        polled = json.loads(self._post("poll", url)["body"])
        self._post("download", polled["certificate"])

    def _post(self, what: str, url: str, payload: Any = None) -> dict[str, Any]:
        body = self._signed(url, payload)
        response = _called("POST", url, body)
        if response["statusCode"] >= HTTPStatus.BAD_REQUEST:
            raise SystemExit(f"{what} was refused: {response}")
        self.nonces.append(response["headers"]["Replay-Nonce"])
        return response

    def _signed(self, url: str, payload: Any) -> bytes:
        header = {"alg": "ES256", "url": url, "nonce": self._nonce(), "kid": self._kid}
        return json.dumps(jws(self.client.key, header, payload)).encode()

    @property
    def _kid(self) -> str:
        return f"{_ROOT}/acct/{self.client.caller.account.id}"

    def _nonce(self) -> str:
        if self.nonces:
            return self.nonces.pop()
        return str(_called("HEAD", f"{_ROOT}/new-nonce")["headers"]["Replay-Nonce"])


def _called(method: str, url: str, body: bytes | None = None) -> dict[str, Any]:
    return app.lambda_handler(_event(method, url, body), Context())


def _event(method: str, url: str, body: bytes | None) -> dict[str, Any]:
    made = event(method, url.removeprefix(f"https://{_HOST}"), body=body, headers=JOSE)
    made["requestContext"]["domainName"] = _HOST
    return made


def rows() -> Iterator[Row]:
    with dynamodb_local() as endpoint, both(Path(__file__), endpoint) as sides:
        yield sides.row("an order of new names", "ms", "new")
        yield sides.row("a renewal: an order of the names of an earlier one", "ms", "again")


def _main(endpoint: str) -> None:
    os.environ.update(
        POWERTOOLS_SERVICE_NAME="bench", POWERTOOLS_METRICS_NAMESPACE="bench", CERTCTL_STACK="bench"
    )
    prepare()
    os.environ.update(credentials(uuid4().hex))
    logging.disable()
    new_database(endpoint)
    plane = ControlPlane(pki_on(open_patient_database(endpoint), Clock()))
    app.services = AcmeApi(plane.overrides)
    client, numbers, renewed = _Client(new_client(plane)), count(), count()
    answering(
        {
            "new": lambda: median_cpu_ms(lambda: _quiet(client, f"host-{next(numbers)}"), _ORDERS),
            "again": lambda: median_cpu_ms(lambda: _quiet(client, f"host-{next(renewed)}"), _ORDERS),
        }
    )


def _quiet(client: _Client, host: str) -> None:
    """Metrics are printed."""
    with redirect_stdout(StringIO()):
        client.order(f"{host}.example.com")


if __name__ == "__main__":
    _main(sys.argv[1])
