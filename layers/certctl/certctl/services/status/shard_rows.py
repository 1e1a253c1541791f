"""The rows of CRL shards as stages of a list: in order of CA, shard and serial."""

from collections.abc import Iterable
from functools import partial

from certctl.domain.revocation.revocations import Revocation
from certctl.services.status.known_cas import ShardedCa
from certctl.store.paging import Chunk, Row, Stage
from certctl.store.revocation.revocations import RevocationStore


def stages_of(
    cas: Iterable[ShardedCa], revocations: RevocationStore, rows: dict[str, Revocation]
) -> list[Stage]:
    """Each read adds its revocations to `rows`, under the ids of the stages' rows."""
    return [
        Stage(
            f"{ca.authority.ca_id}.{shard}", (partial(_read, ca.authority.ca_id, shard, revocations, rows),)
        )
        for ca in cas
        for shard in ca.shards
    ]


def _read(
    ca_id: str, shard: str, revocations: RevocationStore, rows: dict[str, Revocation], after: str, limit: int
) -> Chunk:
    """Two CAs may have equal serials."""
    page = revocations.page_of(ca_id, shard, limit, after or None)
    rows.update((f"{ca_id}/{row.serial_number}", row) for row in page.revocations)
    serials = [row.serial_number for row in page.revocations]
    found = [Row(f"{ca_id}/{serial}", serial) for serial in serials]
    # a row of a receipt alone is read, but is none of the revocations
    return Chunk(found, page.next_start is not None, skipped_to=page.next_start)
