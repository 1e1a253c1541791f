"""An import: certificates that somebody sends in numbered chunks, each of which can be sent again."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

CHUNK_CERTIFICATES = 300
ROWS_A_SECOND = 300
"""Places that all imports together write: their certificates are of one month, and a month has eight
partitions."""
MAX_CHUNKS = 400
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Refusal:
    """A certificate that was not taken: its number in the chunk, its place, and the reason."""

    index: int
    place: str
    reason: str


@dataclass(frozen=True)
class Chunk:
    """What became of a chunk: places that are new or changed, places that were known, and refusals. `new`
    counts certificates that the inventory had not seen."""

    number: int
    sha256: str
    added: int = 0
    unchanged: int = 0
    new: int = 0
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Import:
    id: str
    name: str
    scope_id: str
    team_id: str
    made_by: str
    created_at: datetime
    completed_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        return self.completed_at is not None


@dataclass(frozen=True)
class Progress:
    """An import and the sum of its chunks."""

    record: Import
    chunks: tuple[Chunk, ...]

    @property
    def added(self) -> int:
        return sum(each.added for each in self.chunks)

    @property
    def unchanged(self) -> int:
        return sum(each.unchanged for each in self.chunks)

    @property
    def new(self) -> int:
        return sum(each.new for each in self.chunks)

    @property
    def refused(self) -> int:
        return sum(len(each.refused) for each in self.chunks)


def refusals_text(refused: Sequence[Refusal]) -> str:
    return json.dumps([asdict(each) for each in refused], separators=(",", ":"), ensure_ascii=False)


def refusals_of(text: str) -> tuple[Refusal, ...]:
    return tuple(Refusal(**each) for each in json.loads(text))
