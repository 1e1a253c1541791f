"""Orders a second of the ACME server's function and of the signing worker in one process, JWS in and
certificate out, on DynamoDB Local (needs Java 17 and npm). Arguments: orders, 200; file for a profile, none.
The last results stand in docs/acme-server.md.

An order of a client whose names are trusted is four signed requests: newOrder, finalize, one poll once it is
signed, and the download; nonces come with the responses. A renewal has the names of an earlier order. At the
end the cold start: processor time of the import, and of the first newOrder of new processes.
"""

import cProfile
import json
import logging
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from io import StringIO
from typing import Any
from uuid import uuid4

from certctl import config
from certctl.compose.acme_api import AcmeApi
from certctl.domain.base64url import to_base64url
from functions.acme_api import app
from tests.support.acme.orders import AcmeClient, csr_for, new_client
from tests.support.acme.raw import JOSE, jws
from tests.support.api.http import event
from tests.support.aws.dynamodb_local import REGION, credentials, new_database, open_patient_database, running
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import new_key
from tests.support.prepared import pki_on, prepare

_HOST = "acme.example.net"
_ROOT = f"https://{_HOST}/acme"
_AT_ONCE = 4
_COLD_STARTS = 11
_FIRST_ORDER = """
import json, sys, time
from tests.support.functions.lambda_context import Context
sent, began = json.load(sys.stdin), time.process_time()
from functions.acme_api import app
imported = time.process_time()
status = app.lambda_handler(sent, Context())["statusCode"]
print(json.dumps([(imported - began) * 1000, (time.process_time() - imported) * 1000, status]))
"""


@dataclass
class _Client:
    """An ACME client on its own, as many requests at once as it has threads."""

    client: AcmeClient
    spent: dict[str, list[float]] = field(default_factory=dict)
    nonces: list[str] = field(default_factory=list)

    def order(self, name: str) -> float:
        """Seconds from newOrder to the certificate; between, the worker signs."""
        started, csr = time.perf_counter(), csr_for(name, [name], new_key())
        made = self._post("newOrder", f"{_ROOT}/new-order", {"identifiers": [{"type": "dns", "value": name}]})
        url = made["headers"]["Location"]
        self._post("finalize", f"{url}/finalize", {"csr": to_base64url(csr)})
        with self._timed("signing"):
            self.client.plane.work()
        polled = self._polled(url)
        while polled["status"] == "processing":  # another thread is signing it
            polled = self._polled(url)
        self._post("download", polled["certificate"])
        return time.perf_counter() - started

    def signed_event(self, name: str) -> dict[str, Any]:
        """A newOrder as the gateway passes it on."""
        url = f"{_ROOT}/new-order"
        body = self._signed(url, {"identifiers": [{"type": "dns", "value": name}]})
        return _event("POST", url, body)

    def _polled(self, url: str) -> dict[str, Any]:
        polled: dict[str, Any] = json.loads(self._post("poll", url)["body"])
        return polled

    def _post(self, what: str, url: str, payload: Any = None) -> dict[str, Any]:
        body = self._signed(url, payload)
        with self._timed(what):
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

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.spent.setdefault(what, []).append(time.perf_counter() - started)


def _called(method: str, url: str, body: bytes | None = None) -> dict[str, Any]:
    return app.lambda_handler(_event(method, url, body), Context())


def _event(method: str, url: str, body: bytes | None) -> dict[str, Any]:
    made = event(method, url.removeprefix(f"https://{_HOST}"), body=body, headers=JOSE)
    made["requestContext"]["domainName"] = _HOST
    return made


def main(orders: int, profile: str | None) -> None:
    if shutil.which("java") is None or shutil.which("npm") is None:
        print("skipped: no Java or npm")
        return
    os.environ.update(
        POWERTOOLS_SERVICE_NAME="bench", POWERTOOLS_METRICS_NAMESPACE="bench", CERTCTL_STACK="bench"
    )
    prepare()
    os.environ.update(credentials(uuid4().hex))
    logging.disable()
    with running() as endpoint:
        new_database(endpoint)
        plane = ControlPlane(pki_on(open_patient_database(endpoint), Clock()))
        app.services = AcmeApi(plane.overrides)
        client = _Client(new_client(plane))
        for warming in range(5):
            _quiet(lambda n=warming: client.order(f"warm-{n}.example.com"))  # type: ignore[misc]  # bound now
        with _profiled(profile):
            _report("new names", client, lambda n: f"host-{n}.example.com", orders)
        _report("renewals", client, lambda n: f"host-{n}.example.com", orders)
        _at_once(plane, orders)
        _cold(client, endpoint)


def _cold(client: _Client, endpoint: str) -> None:
    tables = {f"CERTCTL_TABLE_{table.upper()}": table for table in config.TABLES}
    environment = os.environ | tables | {"AWS_ENDPOINT_URL_DYNAMODB": endpoint, "AWS_REGION": REGION}
    runs = list[list[float]]()
    for n in range(_COLD_STARTS):
        sent = json.dumps(_quiet(partial(client.signed_event, f"cold-{n}.example.com")))
        command = [sys.executable, "-c", _FIRST_ORDER]
        done = subprocess.run(
            command, input=sent, env=environment, capture_output=True, text=True, check=True
        )
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    imported, ordered, status = zip(*runs, strict=True)
    if set(status) != {HTTPStatus.CREATED}:
        raise SystemExit(f"first orders were refused: {status}")
    middle = statistics.median
    print(f"cold start: import {middle(imported):.0f} ms, first newOrder {middle(ordered):.0f} ms of CPU")


def _report(what: str, client: _Client, name: Callable[[int], str], orders: int) -> None:
    client.spent.clear()
    cpu, started = time.process_time(), time.perf_counter()
    taken = [_quiet(lambda n=n: client.order(name(n))) for n in range(orders)]  # type: ignore[misc]
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(f"{what}: {orders / wall:.1f} orders/s one after another, {cpu / orders * 1000:.0f} ms of CPU each")
    for part, seconds in {"order": taken, **client.spent}.items():
        print(f"  {part}: p50 {_ms(seconds, 0.5)} ms, p99 {_ms(seconds, 0.99)} ms")


def _at_once(plane: ControlPlane, orders: int) -> None:
    """Threads of one process, each a client with an ACME account, signing included."""
    clients = [_Client(new_client(plane)) for _ in range(_AT_ONCE)]

    def all_of(number: int) -> None:
        for n in range(orders // _AT_ONCE):
            clients[number].order(f"client-{number}-{n}.example.com")

    started = time.perf_counter()
    with ThreadPoolExecutor(_AT_ONCE) as pool, redirect_stdout(StringIO()):
        list(pool.map(all_of, range(_AT_ONCE)))
    done = orders // _AT_ONCE * _AT_ONCE
    print(f"{_AT_ONCE} clients at once: {done / (time.perf_counter() - started):.1f} orders/s")


def _quiet[R](act: Callable[[], R]) -> R:
    """Metrics are printed."""
    with redirect_stdout(StringIO()):
        return act()


@contextmanager
def _profiled(file: str | None) -> Iterator[None]:
    if file is None:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    profile.dump_stats(file)


def _ms(seconds: list[float], share: float) -> int:
    return round(sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))] * 1000)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, sys.argv[2] if len(sys.argv) > 2 else None)
