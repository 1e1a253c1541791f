"""How long ACME clients take at a running stack (make run), with names that need no proof.

From finalize to valid, asked every 50 ms; whole runs of certbot's library `acme`, which waits a second before
it asks; and whole runs of certbot, its start included, once `make certbot` has installed it. Arguments: runs,
30; runs of certbot, 10. The last results stand in docs/acme-server.md.

CERTCTL_E2E_OUTPUTS=.local/outputs.json PYTHONPATH=layers/certctl:. .venv/bin/python \\
    -m bench.running.acme_orders
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from acme import client, messages
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from tests.support.acme_clients.certbot import Certbot
from tests.support.acme_clients.raw import RawClient, csr, dns_names, new_key
from tests.support.acme_clients.sites import AcmeSite, Proof
from tests.support.acme_clients.stack_site import bound
from tests.support.issuing.csr import csr_pem
from tests.support.issuing.loopback import ChallengeDns, free_ports
from tests.support.local.stack import LocalStack

_POLL_SECONDS = 0.05
_PATIENCE = timedelta(seconds=90)


def main(runs: int, certbots: int) -> None:
    outputs = Path(os.environ["CERTCTL_E2E_OUTPUTS"])
    stack = LocalStack(json.loads(outputs.read_text()), outputs.parent)
    ports = free_ports("http", "tls")
    root = Path(stack.outputs["acme_root"])
    site = AcmeSite(stack.acme_directory, root, ports["http"], ports["tls"], ChallengeDns(0, 0))
    binding = bound(stack, names=["DNS:**.bench.example.com"], authorization="trusted")
    raw = RawClient.starting(site)
    raw.account = raw.by_key("newAccount", {"externalAccountBinding": raw.bound(binding)}).headers["Location"]
    finalized = partial(_finalized, raw)
    for warming in range(3):
        finalized(f"warm-{warming}")
    _report("finalize to valid", [finalized(f"raw-{n}") for n in range(runs)])
    _report("the library acme", [_timed(partial(_library, raw, f"library-{n}")) for n in range(runs)])
    if not certbots:
        return
    with tempfile.TemporaryDirectory() as folder:
        certbot = Certbot(site, binding, Path(folder))
        obtain = partial(certbot.obtain, Proof.TRUSTED)
        _report(
            "certbot", [_timed(partial(obtain, f"certbot-{n}.bench.example.com")) for n in range(certbots)]
        )


def _finalized(raw: RawClient, host: str) -> float:
    """Seconds until a poll shows that the order is valid; then it is downloaded."""
    name = f"{host}.bench.example.com"
    order = raw.by_account(raw.directory["newOrder"], {"identifiers": dns_names(name)})
    request, started = csr(new_key(), name), time.monotonic()
    raw.by_account(order.json()["finalize"], {"csr": request})
    polled = raw.read(order.headers["Location"]).json()
    while polled["status"] == "processing":
        time.sleep(_POLL_SECONDS)
        polled = raw.read(order.headers["Location"]).json()
    seconds = time.monotonic() - started
    raw.read(polled["certificate"]).raise_for_status()
    return seconds


def _library(raw: RawClient, host: str) -> None:
    """What certbot does with a known ACME account, from the directory to the chain."""
    known = messages.RegistrationResource(uri=raw.account, body=messages.Registration())
    network = client.ClientNetwork(JWKEC(key=raw.key), known, alg=ES256)
    network.verify_ssl = str(raw.site.trusted)  # type: ignore[assignment]  # requests takes a file, too
    acme = client.ClientV2(client.ClientV2.get_directory(raw.site.directory_url, network), network)
    name = f"{host}.bench.example.com"
    order = acme.new_order(csr_pem(name, [f"DNS:{name}"], new_key()).encode())
    acme.poll_and_finalize(order, datetime.now() + _PATIENCE)  # noqa: DTZ005  # the library compares such


def _timed(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def _report(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    middle, last = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{what}: p50 {middle:.2f} s, p99 {last:.2f} s, of {len(seconds)}")


if __name__ == "__main__":
    main(*([int(text) for text in sys.argv[1:]] or [30, 10]))
