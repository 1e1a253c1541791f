"""One run of the renewal schedule over an inventory, and every request that it sends, counted."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import batched
from typing import Any

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import IssuedPem
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.items import CertificateItem, PemItem
from certctl.store.database import Database, table_name
from certctl.store.keys import pem_record
from certctl.store.mapping import to_item
from tests.support.agents.fleet import live
from tests.support.authorities.pki import Pki
from tests.support.costs.round_trips import Recording, recorded
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key

_WRITTEN_AT_ONCE = 25


class Inventory:
    """`due` of `size` certificates of 90 days are in their renewal window; the others have been renewed."""

    def __init__(self, database: Database, clock: Any, size: int, due: int) -> None:
        self.plane = ControlPlane(Pki(database, None, clock, {}), CHANNELS)
        self.size, self.due = size, due
        self._database = database
        self._csr = csr_pem("www.example.com", [], new_key())

    def lay_down(self) -> None:
        with ThreadPoolExecutor(4) as pool:
            for _ in pool.map(self._write, batched(range(self.size), 1_000, strict=False)):
                pass

    def _write(self, numbers: tuple[int, ...]) -> None:
        rows = [row for number in numbers for row in self._rows(number)]
        name = table_name(CertificateItem)
        for part in batched(rows, _WRITTEN_AT_ONCE, strict=False):
            request = {name: [{"PutRequest": {"Item": row}} for row in part]}
            while request:
                answer = self._database.client.batch_write_item(RequestItems=request)
                request = answer["UnprocessedItems"]

    def _rows(self, number: int) -> list[Any]:
        certificate = self._certificate(number)
        store = CertificateStore(self._database)
        (step,) = store.create_steps(certificate, [])
        if number >= self.due:
            return [step.request["Item"]]
        pem = IssuedPem(certificate.id, "01", "leaf", "chain", self._csr)
        stored = to_item(PemItem, pem, record=pem_record("01"))
        return [step.request["Item"], stored.serialize()]

    def _certificate(self, number: int) -> Certificate:
        now = self.plane.pki.clock()
        left = timedelta(days=29) if number < self.due else timedelta(days=31 + number % 59, hours=1)
        expires_at = now + left
        return live(f"mc-{number:06}", now, expires_at, not_before=expires_at - timedelta(days=90))

    def run(self) -> tuple[dict[str, int], Recording]:
        with recorded(self._database.client) as recording:
            done = self.plane.renew()
        return done, recording


def requests_of(recording: Recording) -> Counter[tuple[str, str]]:
    """The requests by operation and table."""
    return Counter((call.operation, call.table) for call in recording.calls)


def writes_of(recording: Recording) -> Counter[tuple[str, str]]:
    """The actions of all transactions, by kind and table."""
    actions = [(kind, one) for action in recording.transactions for kind, one in action.items()]
    return Counter((kind, one["TableName"]) for kind, one in actions)


def certificates_in(recording: Recording) -> set[str]:
    """All that a request names by key."""
    found: set[str] = set()
    for call in recording.calls:
        keys = call.parameters.get("RequestItems", {}).get("certificates", {}).get("Keys", [])
        found |= {key["certificate_id"]["S"] for key in keys}
    for action in recording.transactions:
        for one in action.values():
            key = one.get("Key") or one.get("Item") or {}
            found |= {key["certificate_id"]["S"]} if one["TableName"] == "certificates" else set()
    return found
