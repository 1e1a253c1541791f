"""Stored revocations as stages of a list: in order of CA, or external issuer, of shard and of serial."""

from collections.abc import Iterable
from functools import partial

from certctl.domain.revocation.revocations import Revocation
from certctl.services.status.known_cas import RevocationSource
from certctl.store.paging import Chunk, Row, Stage
from certctl.store.revocation.revocations import RevocationStore


def stages_of(
    sources: Iterable[RevocationSource], revocations: RevocationStore, rows: dict[str, Revocation]
) -> list[Stage]:
    """Each read adds its revocations to `rows`, under the ids of the stages' rows."""
    return [
        Stage(f"{source.ca_id}.{shard}", (partial(_read, source.ca_id, shard, revocations, rows),))
        for source in sources
        for shard in source.shards
    ]


def _read(
    ca_id: str, shard: str, revocations: RevocationStore, rows: dict[str, Revocation], after: str, limit: int
) -> Chunk:
    """Two CAs, or issuers, may have equal serials."""
    page = revocations.page_of(ca_id, shard, limit, after or None)
    rows.update((f"{ca_id}/{row.serial_number}", row) for row in page.revocations)
    serials = [row.serial_number for row in page.revocations]
    found = [Row(f"{ca_id}/{serial}", serial) for serial in serials]
    # a row of a receipt alone is read, but is none of the revocations
    return Chunk(found, page.next_start is not None, skipped_to=page.next_start)
