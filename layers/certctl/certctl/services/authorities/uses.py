"""The certificates that a CA vouches for: what its compromise would touch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.authorities.authorities import Authority
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.errors import NotFound
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import Position, load, walk


@dataclass(frozen=True)
class CaUses:
    """A part of the count: `certificates` of the caller's reach, and their targets, of which another part may
    have the same."""

    certificates: int
    target_ids: tuple[str, ...]
    next: Position | None


@dataclass(frozen=True)
class CaUseReads:
    authorities: AuthorityStore
    certificates: CertificateStore
    indexes: CertificateIndexes
    now: Callable[[], datetime]

    def part(self, caller: Principal, ca_id: str, position: Position | None, rows: int) -> CaUses:
        """Counts among the next so many records of the CA's issuer. Raises NotFound, and InvalidInput for a
        position outside this list."""
        walked = walk(self.indexes.of_issuer(self._authority(ca_id).issuer_id), position, rows)
        records = load([found.id for found in walked.found], self.certificates.get_many)
        in_force = [record for record in records if self._counts(caller, record)]
        own = self._of_ca(ca_id, in_force)
        targets = {target_id for record in own for target_id in record.target_ids}
        return CaUses(len(own), tuple(sorted(targets)), walked.next)

    def _authority(self, ca_id: str) -> Authority:
        found = self.authorities.get(ca_id) or self.authorities.get_retired(ca_id)
        if found is None:
            raise NotFound("There is no such CA.")
        return found

    def _counts(self, caller: Principal, record: Certificate) -> bool:
        """Whether a relying party may accept its current version, a held one with them: a hold may end."""
        if record.lifecycle is Lifecycle.REVOKED or record.serial_number is None:
            return False
        is_valid = record.expires_at is not None and record.expires_at > self.now()
        return is_valid and caller.reaches_team(Permission.CERTIFICATES_READ, record.team_id)

    def _of_ca(self, ca_id: str, records: Sequence[Certificate]) -> list[Certificate]:
        """The records whose current version the CA issued."""
        known = {record.id: record for record in records}

        def of_batch(ids: Sequence[str]) -> list[Certificate]:
            found = self.certificates.current_versions([known[each] for each in ids])
            issued = [v for v in found if v.ca_id == ca_id and v.state is VersionState.ISSUED]
            return [known[version.certificate_id] for version in issued]

        return load(list(known), of_batch)
