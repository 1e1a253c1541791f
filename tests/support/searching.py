"""Certificates with everything that a search goes by, put straight into the tables."""

from collections.abc import Sequence
from datetime import datetime

from certctl.domain.certificates import Certificate, Version, VersionState
from certctl.store.certificates import CertificateStore
from certctl.store.database import Database
from certctl.store.items import VersionItem
from certctl.store.keys import version_record
from certctl.store.mapping import to_item
from certctl.store.search_entries import SearchEntries
from certctl.store.steps import put


def version(certificate_id: str, serial: str, fingerprint: str, not_after: datetime) -> Version:
    return Version(
        certificate_id=certificate_id,
        serial_number=serial,
        ca_id="ca-1",
        crl_shard=0,
        job_id="job-1",
        state=VersionState.ISSUED,
        not_before=not_after,
        not_after=not_after,
        created_at=not_after,
        spki_sha256="",
        fingerprint_sha256=fingerprint,
    )


def store_as_before_search(
    database: Database, certificates: Sequence[Certificate], versions: Sequence[Version] = ()
) -> None:
    """As releases without search stored them."""
    store = CertificateStore(database)
    for each in certificates:
        database.transact(store.create_steps(each, each.search_names))
    for issued in versions:
        record = version_record(issued.not_after, issued.serial_number)
        database.write(put(to_item(VersionItem, issued, record=record)))


def store_searchable(
    database: Database, certificates: Sequence[Certificate], versions: Sequence[Version] = ()
) -> None:
    store_as_before_search(database, certificates, versions)
    SearchEntries(database).write_all(certificates)
