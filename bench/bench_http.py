"""How many posts one process makes to one receiver on loopback, ten threads at a time as notification_worker
does, over http and https. Client and receiver share the process, so each figure counts both. Argument: posts,
2000.

Last result (2026-11-26, 2 cores under a load of 18, 1500 posts, in turn with the code before it, three runs
each): http 1117 to 1655 posts/s over 10 connections, https 785 to 1321. Before, with a connection for each
post: http 461 to 1273, https 183 to 330.
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.adapter import OutboundHttp
from tests.support.agents.tls_identity import TlsIdentity, tls_identity
from tests.support.channels.receivers import Receiver, ScriptedDns

_BODY = b'{"text":"mc-shop has been revoked"}'
_HOST = "hooks.test"


def main(posts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        identity = tls_identity(Path(folder), _HOST)
    for name, receiver in (("http", Receiver()), ("https", Receiver(tls=identity.server))):
        with receiver.running():
            rate = _rate(receiver, identity, posts)
        print(f"{name}: {rate:.0f} posts/s over {receiver.connections} connections")


def _rate(receiver: Receiver, identity: TlsIdentity, posts: int) -> float:
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]), ScriptedDns({_HOST: [["127.0.0.1"]]}))
    http = OutboundHttp(guard, tls_context=lambda: identity.client)
    send = partial(http.post, receiver.url(host=_HOST), {"Content-Type": "application/json"}, _BODY)
    started = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: send(10.0).status, range(posts)))
    if replies != [200] * posts:
        raise SystemExit("a post failed")
    return posts / (time.monotonic() - started)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
