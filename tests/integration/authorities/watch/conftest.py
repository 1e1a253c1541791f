import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.rooms.base import DEPLOYED, Overrides
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.revocations import Revocation
from certctl.store.authorities.items import AuthorityItem
from certctl.store.keys import AUTHORITY
from certctl.store.status.watch_log import WatchLog
from certctl.store.writes import update
from functions.status_watch.app import lambda_handler as status_watch
from tests.support.authorities.pki import HOST
from tests.support.functions.deployed import compose
from tests.support.functions.lambda_context import Context
from tests.support.functions.queues import queue_into
from tests.support.status.relying_party import PkiHost, serving
from tests.support.status.responder import Responding, running


@dataclass
class Watching:
    """status_watch with its own permissions, a PKI host, and what it sent to its queue: (body, seconds)."""

    responding: Responding
    host: PkiHost
    sent: list[tuple[dict[str, Any], int]] = field(default_factory=list)

    def restart(self) -> None:
        """Starts processes that remember no look. Two editions of a CRL need no time between them: a test may
        publish right after the fixture has."""
        pki = self.responding.pki
        take = lambda body, seconds: self.sent.append((body, seconds))  # noqa: E731
        compose(
            Overrides(
                database=pki.database,
                now=pki.clock,
                crl_spacing=timedelta(0),
                relying_party=self.host.relying_party,
                queue=lambda name: queue_into(take, name),
            )
        )

    def with_responder(self) -> None:
        """From now on its certificates name the responder."""
        authority = self.responding.authority
        url = f"http://{HOST}/ocsp/{authority.ca_id}"
        key = AuthorityItem(AUTHORITY, authority.ca_id)
        self.responding.pki.database.write(
            update(key, [AuthorityItem.ocsp_url.set(url)], AuthorityItem.id.exists())
        )

    def revoke(self, *, sampled_out: bool = False, **fields: Any) -> Revocation:
        """A certificate of the CA, now."""
        receipt = Receipt(due_at=self.responding.pki.clock(), ocsp_sampled_out=sampled_out)
        return self.responding.revoke(self.responding.reserved(), receipt=receipt, **fields)

    def receipt(self, revocation: Revocation) -> Receipt:
        place = (revocation.ca_id, revocation.crl_shard, revocation.serial_number)
        found = self.responding.pki.revocations.find(*place)
        assert found
        return found.receipt

    def after(self, seconds: float) -> None:
        self.responding.pki.clock.time += timedelta(seconds=seconds)

    def check(self, *bodies: dict[str, Any]) -> dict[str, Any]:
        """Handles the bodies as the queue delivers them; without any, the one after a revocation."""
        first = {"ca_id": self.responding.authority.ca_id, "shard": "0"}
        records = [{"messageId": str(n), "body": _json(body)} for n, body in enumerate(bodies or [first])]
        return self._call({"Records": records})

    def check_next(self) -> None:
        """The look that was planned last, when its time has come."""
        body, seconds = self.sent[-1]
        self.after(seconds)
        self.check(body)

    def look_at_all(self) -> dict[str, Any]:
        return self._call({})

    @property
    def log(self) -> WatchLog:
        return WatchLog(self.responding.pki.database)

    def _call(self, event: dict[str, Any]) -> dict[str, Any]:
        """Fails if the function made a call that its policy does not allow."""
        privileges = self.responding.privileges
        answer: dict[str, Any] = privileges.of("status_watch", status_watch)(event, Context())
        assert not privileges.refused, privileges.refused
        return answer


def _json(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)


@pytest.fixture(scope="module")
def shared() -> Iterator[Watching]:
    with running() as responding, pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
        patch.setenv("POWERTOOLS_SERVICE_NAME", "status_watch")
        ocsp = lambda path: base64.b64decode(responding.get(path)["body"])  # noqa: E731
        with serving(responding.pki.s3, ocsp) as host:
            watching = Watching(responding, host)
            watching.with_responder()
            yield watching


@pytest.fixture
def watching(shared: Watching) -> Iterator[Watching]:
    """The module's stack. Only further revocations are left of other tests, none of them due."""
    served = shared.host.ocsp
    shared.sent.clear()
    shared.after(1_000)
    shared.responding.pki.clock.time = shared.responding.pki.clock().replace(microsecond=0)
    shared.restart()
    shared.responding.publish()
    shared.look_at_all()
    shared.host.requests.clear()
    yield shared
    shared.host.ocsp = served
    shared.host.instead.clear()
    compose(DEPLOYED)
