"""Certificates, their versions and PEM, and the names by which they are found."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.update import Action

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import MAX_UNEXPIRED_VERSIONS, IssuedPem, Version
from certctl.domain.errors import Conflict
from certctl.domain.ids import shard_of
from certctl.domain.renewal.planning import RenewalPlan, next_action_at, planned
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.renewal.urgency import may_need_a_person
from certctl.domain.times import month_of
from certctl.store import keys
from certctl.store.certificates.items import CertificateItem, NameItem, PemItem, VersionItem
from certctl.store.certificates.search_rows import version_entries
from certctl.store.database import Database
from certctl.store.issuing.items import SerialItem
from certctl.store.mapping import to_item, to_record
from certctl.store.paging import bad_cursor
from certctl.store.writes import Write, check, delete, put, update

_VERSIONS_PAGE = 100
_DUE_PAGE = 100


@dataclass(frozen=True)
class VersionsPage:
    """`next_after` is where the next page starts, None at the end."""

    versions: list[Version]
    next_after: str | None


def _built_in_policy(policy_id: str) -> RenewalPolicy:
    return RenewalPolicy()


class CertificateStore:
    """Every save plans the certificate's next action, by the renewal policy that `policy_of` returns."""

    def __init__(
        self, database: Database, policy_of: Callable[[str], RenewalPolicy] = _built_in_policy
    ) -> None:
        self._database = database
        self._policy_of = policy_of

    def create_steps(self, certificate: Certificate, names: Sequence[str]) -> list[Write]:
        """`names` are the CN and SANs by which it can be searched, one row each."""
        taken = Conflict(f"A certificate with the id {certificate.id} exists.")
        row = put(self._item(certificate), CertificateItem.certificate_id.does_not_exist(), taken)
        return [row, *(put(_name(name, certificate.id)) for name in names)]

    def save_step(self, before: Certificate, after: Certificate) -> Write:
        """The whole row, on condition that it is still the one that `after` was decided from."""
        return put(self._item(after), CertificateItem.revision == before.revision)

    def unchanged_step(self, certificate: Certificate) -> Write:
        """Makes a transaction depend on the row being unchanged since it was read."""
        row = CertificateItem(certificate.id, keys.CERTIFICATE)
        return check(row, CertificateItem.revision == certificate.revision)

    def prefetch(self, certificate: Certificate) -> None:
        """Prefetches the policy that the next save plans by."""
        self._policy_of(certificate.renewal_policy_id)

    def plan_of(self, certificate: Certificate) -> RenewalPlan | None:
        """The plan under its current policy; None if nothing is planned."""
        return planned(certificate, self._policy_of)

    def replan_step(self, certificate: Certificate) -> Write:
        """Only the time of its next action: nothing else changes, so its revision stays."""
        moment = next_action_at(certificate, self._policy_of)
        row = CertificateItem(certificate.id, keys.CERTIFICATE)
        return update(row, _planned(certificate.id, moment), CertificateItem.revision == certificate.revision)

    def listed_step(self, certificate: Certificate) -> Write:
        """Lists one by its lifecycle that an earlier release has saved without; refused if it is listed."""
        row = CertificateItem(certificate.id, keys.CERTIFICATE)
        as_read = CertificateItem.revision == certificate.revision
        listed = [CertificateItem.changed_at.set(certificate.updated_at)]
        return update(row, listed, as_read & CertificateItem.changed_at.does_not_exist())

    def window_step(self, certificate: Certificate) -> Write:
        """The window that its CA suggests, and when to ask again; otherwise as `replan_step`."""
        moment = next_action_at(certificate, self._policy_of)
        moments = (
            (CertificateItem.ari_start, certificate.ari_start),
            (CertificateItem.ari_end, certificate.ari_end),
            (CertificateItem.ari_refresh_at, certificate.ari_refresh_at),
        )
        window = [name.set(value) for name, value in moments if value is not None]
        row = CertificateItem(certificate.id, keys.CERTIFICATE)
        actions = [*window, *_planned(certificate.id, moment)]
        return update(row, actions, CertificateItem.revision == certificate.revision)

    def postpone_step(self, certificate_id: str, now: datetime, until: datetime) -> Write:
        """Removes one from the due index that cannot be acted on, unless it has changed."""
        row = CertificateItem(certificate_id, keys.CERTIFICATE)
        return update(row, _planned(certificate_id, until), CertificateItem.next_action_at <= now)

    def due_pages(self, shard: int, now: datetime) -> Iterator[list[str]]:
        """Ids of one shard's due certificates, the longest due first, page by page."""
        start = None
        while True:
            due = CertificateItem.next_action_at <= now
            page = self._database.query(CertificateItem.by_due, shard, due, limit=_DUE_PAGE, start=start)
            yield [row.certificate_id for row in page.items]
            start = page.last_key
            if start is None:
                return

    def get(self, certificate_id: str) -> Certificate | None:
        row = self._database.get(CertificateItem, certificate_id, keys.CERTIFICATE, consistent=True)
        return _certificate(row) if row else None

    def get_many(self, certificate_ids: Sequence[str]) -> list[Certificate]:
        """The certificates in the order asked for; ids without a row are left out."""
        rows = self._database.batch_get(CertificateItem, _record_keys(certificate_ids))
        found = {row.certificate_id: _certificate(row) for row in rows}
        return [found[i] for i in certificate_ids if i in found]

    def get_many_now(self, certificate_ids: Sequence[str]) -> list[Certificate]:
        """Read consistently, unordered."""
        rows = self._database.batch_get(CertificateItem, _record_keys(certificate_ids), consistent=True)
        return [_certificate(row) for row in rows]

    def current_versions(self, certificates: Sequence[Certificate]) -> list[Version]:
        """The current versions of at most 100 records, unordered, as far as their rows exist."""
        rows = self._database.batch_get(VersionItem, [key for c in certificates for key in _current(c)])
        return [_version(row) for row in rows]

    def versions_at(self, places: Sequence[tuple[str, datetime, str]]) -> list[Version]:
        """The versions with these certificates, ends and serials, as far as their rows exist; unordered, read
        consistently."""
        wanted = [
            (certificate_id, keys.version_record(ends, serial)) for certificate_id, ends, serial in places
        ]
        rows = self._database.batch_get(VersionItem, wanted, consistent=True)
        return [_version(row) for row in rows]

    def reserve_steps(self, version: Version) -> list[Write]:
        """Before anything is signed. The certificate must be saved with it: a revocation that has read its
        versions without this one is then refused."""
        # ADR 5: a worker may die after the signature, and revocation must know that certificate.
        serial = to_item(SerialItem, version, ca_serial=keys.ca_serial(version.ca_id, version.serial_number))
        return [
            put(_version_item(version), VersionItem.record.does_not_exist()),
            put(serial, SerialItem.ca_serial.does_not_exist()),
        ]

    def issue_steps(self, version: Version, pem: IssuedPem) -> list[Write]:
        """Makes a reserved version an issued one, in the transaction that publishes it to the caller."""
        reserved = VersionItem.state == VersionState.RESERVED
        actions = [
            VersionItem.state.set(VersionState.ISSUED),
            VersionItem.fingerprint_sha256.set(version.fingerprint_sha256),
        ]
        stored = to_item(PemItem, pem, record=keys.pem_record(pem.serial_number))
        return [
            update(_version_item(version), actions, reserved),
            put(stored, PemItem.record.does_not_exist()),
            self._serial_step(version, VersionState.ISSUED),
            *version_entries(version),
        ]

    def record_steps(self, version: Version, pem: IssuedPem) -> list[Write]:
        """A version from an external issuer, which chose the serial, so nothing was reserved."""
        serial = to_item(SerialItem, version, ca_serial=keys.ca_serial(version.ca_id, version.serial_number))
        stored = to_item(PemItem, pem, record=keys.pem_record(pem.serial_number))
        return [
            put(_version_item(version), VersionItem.record.does_not_exist()),
            put(stored, PemItem.record.does_not_exist()),
            put(serial, SerialItem.ca_serial.does_not_exist()),
            *version_entries(version),
        ]

    def abandon_steps(self, version: Version) -> list[Write]:
        """The serial of an attempt that did not finish: signed or not, it is never used."""
        reserved = VersionItem.state == VersionState.RESERVED
        gone = update(_version_item(version), [VersionItem.state.set(VersionState.ABANDONED)], reserved)
        return [gone, self._serial_step(version, VersionState.ABANDONED)]

    def unreserve_steps(self, version: Version) -> list[Write]:
        """A serial that was never signed: the version is deleted, but its serial is spent."""
        reserved = VersionItem.state == VersionState.RESERVED
        return [
            delete(_version_item(version), reserved),
            self._serial_step(version, VersionState.ABANDONED),
        ]

    def _serial_step(self, version: Version, state: VersionState) -> Write:
        row = SerialItem(keys.ca_serial(version.ca_id, version.serial_number))
        return update(row, [SerialItem.state.set(state)], SerialItem.state == VersionState.RESERVED)

    def downloaded_step(self, certificate_id: str, serial: str, not_after: datetime, now: datetime) -> Write:
        """Marks a version as downloaded by its ACME client; refused if it is marked."""
        row = VersionItem(certificate_id, keys.version_record(not_after, serial))
        is_new = (VersionItem.state == VersionState.ISSUED) & VersionItem.downloaded_at.does_not_exist()
        return update(row, [VersionItem.downloaded_at.set(now)], is_new)

    def unexpired_versions(self, certificate_id: str, now: datetime) -> list[Version]:
        """Reserved and abandoned ones too; one more than the limit at most, strongly consistent."""
        since = VersionItem.record.between(keys.unexpired_versions_from(now), keys.AFTER_VERSIONS)
        page = self._database.query(
            VersionItem, certificate_id, since, limit=MAX_UNEXPIRED_VERSIONS + 1, consistent=True
        )
        return [_version(row) for row in page.items]

    def versions(self, certificate_id: str, limit: int, after: str | None) -> VersionsPage:
        """Newest expiry first. Raises InvalidInput if `after` is not a position in this list."""
        if after is not None and not after.startswith(keys.VERSION_PREFIX):
            raise bad_cursor()
        below = after or keys.AFTER_VERSIONS
        page = self._database.query(
            VersionItem,
            certificate_id,
            VersionItem.record.between(keys.VERSION_PREFIX, below),
            limit=limit + 1,
            newest_first=True,
        )
        rows = [row for row in page.items if row.record != below]
        more = len(rows) > limit or page.last_key is not None
        shown = rows[:limit]
        return VersionsPage([_version(row) for row in shown], shown[-1].record if more else None)

    def pem(self, certificate_id: str, serial: str) -> IssuedPem | None:
        row = self._database.get(PemItem, certificate_id, keys.pem_record(serial))
        return to_record(IssuedPem, row) if row else None

    def pem_now(self, certificate_id: str, serial: str) -> IssuedPem | None:
        """Read consistently: a moment ago there may have been none."""
        row = self._database.get(PemItem, certificate_id, keys.pem_record(serial), consistent=True)
        return to_record(IssuedPem, row) if row else None

    def pems(self, certificate_id: str, serials: Sequence[str]) -> dict[str, IssuedPem]:
        wanted = [(certificate_id, keys.pem_record(serial)) for serial in serials]
        rows = self._database.batch_get(PemItem, wanted)
        return {row.serial_number: to_record(IssuedPem, row) for row in rows}

    def last_requests(self, certificates: Sequence[Certificate]) -> dict[str, str]:
        """The CSR of each one's current version in PEM, by certificate id; at most 100."""
        wanted = [(c.id, keys.pem_record(c.serial_number)) for c in certificates if c.serial_number]
        rows = self._database.batch_get(PemItem, wanted)
        return {row.certificate_id: row.csr_pem for row in rows}

    def certificates_with_key(self, spki_sha256: str) -> list[str]:
        """Ids of the certificates with a version of this key; the first 100 serials."""
        page = self._database.query(SerialItem.by_spki, spki_sha256, limit=_VERSIONS_PAGE)
        rows = self._database.batch_get(SerialItem, [row.ca_serial for row in page.items])
        return sorted({row.certificate_id for row in rows})

    def _item(self, certificate: Certificate) -> CertificateItem:
        ends_at = certificate.ends_at
        moment = next_action_at(certificate, self._policy_of)
        return to_item(
            CertificateItem,
            certificate,
            certificate_id=certificate.id,
            record=keys.CERTIFICATE,
            list_month=month_of(certificate.created_at),
            list_key=keys.list_key(certificate.created_at, certificate.id),
            expiry_month=ends_at and month_of(ends_at),
            expiry_key=ends_at and keys.list_key(ends_at, certificate.id),
            changed_at=certificate.updated_at if _is_listed_by_lifecycle(certificate) else None,
            due_shard=None if moment is None else shard_of(certificate.id),
            next_action_at=moment,
            open_failures=certificate.open_failures or None,
            alerted=certificate.alerted or None,
            failed_targets=certificate.failed_targets or None,
            renewal_failures=certificate.renewal_failures or None,
        )


def _is_listed_by_lifecycle(certificate: Certificate) -> bool:
    return certificate.lifecycle is not Lifecycle.ACTIVE or may_need_a_person(certificate)


def _record_keys(certificate_ids: Sequence[str]) -> list[tuple[str, str]]:
    return [(certificate_id, keys.CERTIFICATE) for certificate_id in certificate_ids]


def _name(name: str, certificate_id: str) -> NameItem:
    return NameItem(keys.name_zone(name), keys.name_key(name, certificate_id), certificate_id=certificate_id)


def _planned(certificate_id: str, moment: datetime | None) -> list[Action]:
    if moment is None:
        return [CertificateItem.due_shard.remove(), CertificateItem.next_action_at.remove()]
    shard = CertificateItem.due_shard.set(shard_of(certificate_id))
    return [shard, CertificateItem.next_action_at.set(moment)]


def _certificate(row: CertificateItem) -> Certificate:
    failures = int(row.renewal_failures or 0)
    return to_record(
        Certificate, row, id=row.certificate_id, revision=int(row.revision), renewal_failures=failures
    )


def _version_item(version: Version) -> VersionItem:
    return to_item(
        VersionItem,
        version,
        record=keys.version_record(version.not_after, version.serial_number),
        no_rev_avail=version.no_rev_avail or None,
    )


def _current(certificate: Certificate) -> list[tuple[str, str]]:
    """The key of its current version; none before the first."""
    serial, ends = certificate.serial_number, certificate.expires_at
    return [(certificate.id, keys.version_record(ends, serial))] if serial and ends else []


def _version(row: VersionItem) -> Version:
    return to_record(Version, row, crl_shard=int(row.crl_shard))
