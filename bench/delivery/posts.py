"""Posts of one process to one receiver on loopback, ten threads at a time as notification_worker does, over
http and https: processor time of a post, the receiver's included, beside an earlier commit."""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench.harness.rows import Row
from bench.harness.sides import answering, both
from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.adapter import OutboundHttp
from tests.support.agents.tls_identity import TlsIdentity, tls_identity
from tests.support.channels.receivers import Receiver, ScriptedDns

_BODY = b'{"text":"mc-shop has been revoked"}'
_HOST = "hooks.test"
_POSTS = 500


def rows() -> Iterator[Row]:
    with both(Path(__file__)) as sides:
        for scheme in ("http", "https"):
            yield sides.row(f"a post over {scheme}, receiver included", "ms", scheme)


def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        identity = tls_identity(Path(folder), _HOST)
    answering(
        {
            "http": lambda: _turn(Receiver(), identity),
            "https": lambda: _turn(Receiver(tls=identity.server), identity),
        }
    )


def _turn(receiver: Receiver, identity: TlsIdentity) -> float:
    with receiver.running():
        began = time.process_time()
        _send(receiver, identity)
        return (time.process_time() - began) * 1000 / _POSTS


def _send(receiver: Receiver, identity: TlsIdentity) -> None:
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]), ScriptedDns({_HOST: [["127.0.0.1"]]}))
    http = OutboundHttp(guard, tls_context=lambda: identity.client)
    send = partial(http.post, receiver.url(host=_HOST), {"Content-Type": "application/json"}, _BODY)
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: send(10.0).status, range(_POSTS)))
    if replies != [200] * _POSTS:
        raise SystemExit("a post failed")


if __name__ == "__main__":
    _main()
