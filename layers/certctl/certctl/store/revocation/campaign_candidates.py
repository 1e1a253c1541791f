"""The certificates that a campaign may select, by the index of its narrowest filter, as stages for `paging`.

By orders that nothing changes, as for bulk revocations: none moves from the part not yet read to the part
already read.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.revocation.campaign_requests import CampaignSelection
from certctl.store import keys
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.items import ReferenceItem
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.database import Database
from certctl.store.issuing.items import SerialItem
from certctl.store.paging import AFTER_ALL, Chunk, IndexRange, Row, Stage

MAX_TARGETS = 100
"""The most targets of one agent: all are read at once."""


class CampaignCandidates:
    def __init__(self, database: Database, indexes: CertificateIndexes, catalog: CatalogStore) -> None:
        self._database = database
        self._indexes = indexes
        self._catalog = catalog
        self._authorities = AuthorityStore(database)

    def stages(
        self, selection: CampaignSelection, agents_targets: Sequence[str], began: datetime
    ) -> list[Stage]:
        """The stages of a selection; none if the CA or the agent's targets are unknown. A certificate may be
        found more than once."""
        if selection.certificate_ids:
            return self._indexes.of_ids(selection.certificate_ids)
        if selection.spki_sha256 is not None:
            return [Stage("key", (partial(self._with_key, selection.spki_sha256),), newest_first=False)]
        if selection.agent_id is not None:
            return self._of_targets(agents_targets)
        if selection.ca_id is not None:
            return self._of_authority(selection.ca_id)
        return self._indexes.by_creation(began)

    def targets_of(self, agent_id: str) -> list[str]:
        """Ids of the targets that the agent has, MAX_TARGETS at most."""
        page = self._catalog.referrers(Kind.AGENT, agent_id, MAX_TARGETS)
        prefix = keys.referrer(Kind.TARGET, "")
        return [each.removeprefix(prefix) for each in page.referrers if each.startswith(prefix)]

    def _of_authority(self, ca_id: str) -> list[Stage]:
        found = self._authorities.get(ca_id) or self._authorities.get_retired(ca_id)
        return self._indexes.of_issuer(found.issuer_id) if found else []

    def _of_targets(self, target_ids: Sequence[str]) -> list[Stage]:
        reads = tuple(partial(self._mapped_to, target_id) for target_id in sorted(set(target_ids)))
        return [Stage("targets", reads, newest_first=False)] if reads else []

    def _with_key(self, spki_sha256: str, after: str, limit: int) -> Chunk:
        """A serial whose row is gone is found by itself, so that the walk goes on behind it."""
        serial = SerialItem.ca_serial
        of_key = IndexRange(SerialItem.by_spki, spki_sha256, serial, "ca_serial", newest_first=False)
        chunk = of_key.read(self._database, after, limit)
        rows = self._database.batch_get(SerialItem, [row.id for row in chunk.rows])
        owners = {row.ca_serial: row.certificate_id for row in rows}
        return Chunk([Row(owners.get(row.id, row.id), row.sort_key) for row in chunk.rows], chunk.more)

    def _mapped_to(self, target_id: str, after: str, limit: int) -> Chunk:
        prefix = keys.referrer(keys.CERTIFICATE, "")
        references = IndexRange(
            ReferenceItem,
            keys.references_to(Kind.TARGET, target_id),
            ReferenceItem.id,
            "id",
            lowest=prefix,
            highest=prefix + AFTER_ALL,
            newest_first=False,
        )
        chunk = references.read(self._database, after, limit)
        return Chunk([Row(row.id.removeprefix(prefix), row.sort_key) for row in chunk.rows], chunk.more)
