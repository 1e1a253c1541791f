"""Sends what was found, in numbered chunks: one that arrives twice is taken once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from certctl_client.api.inventory import Inventory
from certctl_client.api.schema import ImportChunkBody, ImportView
from certctl_client.errors import CommandError, RequestFailed
from certctl_client.importing.chunks import Entry, chunks_of
from certctl_client.importing.found import Refused
from certctl_client.importing.sources import Sources
from certctl_client.output.progress import Progress

ROWS_A_SECOND = 300
"""Rows of certificates that an import writes: they are of one month, and a month has eight partitions."""

_TOO_MANY = 429
_TRIES = 30
"""How often a chunk is sent: other imports may use up the rate of the stack."""


@dataclass
class Pace:
    """Waits before the next chunk until the rows of those before are within the rate."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    _free_at: float = field(default=0.0, init=False)

    def wait(self) -> None:
        if (left := self._free_at - self.clock()) > 0:
            self.sleep(left)

    def began(self, rows: int, at: float) -> None:
        """A chunk that began at this time wrote so many rows."""
        self._free_at = max(self._free_at, at) + rows / ROWS_A_SECOND


@dataclass(frozen=True)
class Sender:
    inventory: Inventory
    sources: Sources
    progress: Progress
    pace: Pace = field(default_factory=Pace)

    def send_all(self, begun: ImportView) -> ImportView:
        """Sends the chunks that the import has not taken. Raises CommandError that names the import, which
        can be continued."""
        try:
            sent = 0
            for number, chunk in self._numbered(begun["chunks"]):
                self._send(begun["id"], number, chunk)
                sent += len(chunk)
                self.progress("certificates", sent, None)
            return self.inventory.complete_import(begun["id"])
        except CommandError as error:
            advice = f"Continue with --resume {begun['id']}."
            raise CommandError(error.message, f"{error.next_step} {advice}".strip(), error.code) from None

    def _numbered(self, taken: int) -> Iterator[tuple[int, list[Entry]]]:
        """Chunks with their numbers. The last one that was taken is sent again: it may have been shorter."""
        for number, chunk in enumerate(chunks_of(self.sources.found()), start=1):
            if number >= taken:
                yield number, chunk

    def _send(self, import_id: str, number: int, chunk: list[Entry]) -> None:
        body = cast(ImportChunkBody, {"certificates": chunk})
        answer = self._answer(import_id, number, body)
        for each in answer["refused"]:
            self.sources.tally.refuse(Refused(each["place"], each["reason"]))

    def _answer(self, import_id: str, number: int, body: ImportChunkBody) -> Any:
        """Repeats a chunk that came too early, and that the server has not taken."""
        tries = 0
        while True:
            self.pace.wait()
            began, tries = self.pace.clock(), tries + 1
            try:
                answer: Any = self.inventory.send_chunk(import_id, number, body)
            except RequestFailed as error:
                if error.status != _TOO_MANY or tries == _TRIES:
                    raise
                self.pace.began(ROWS_A_SECOND, began)
            else:
                self.pace.began(answer["added"], began)
                return answer
