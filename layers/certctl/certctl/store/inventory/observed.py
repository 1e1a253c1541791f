"""Rows of observed certificates: the facts of each, and its DER."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from certctl.domain.ids import DUE_SHARDS, shard_of
from certctl.domain.inventory.belonging import Decided
from certctl.domain.inventory.observed import ObservedCertificate, ParsedCertificate
from certctl.domain.times import from_wire, month_of
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.due import due_pages
from certctl.store.inventory.items import DerItem, ObservedItem
from certctl.store.mapping import to_item, to_record
from certctl.store.paging import FIRST_MONTH
from certctl.store.writes import Write, put, update

LAST_MONTH = "2049-12"


class ObservedStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, fingerprint: str, *, consistent: bool = False) -> ObservedCertificate | None:
        item = self._database.get(
            ObservedItem, keys.observed_item(fingerprint), keys.CERTIFICATE, consistent=consistent
        )
        return _observed(item) if item else None

    def get_many(self, fingerprints: Iterable[str], *, consistent: bool = False) -> list[ObservedCertificate]:
        """The certificates that exist, unordered; 100 in one round trip."""
        wanted = [(keys.observed_item(each), keys.CERTIFICATE) for each in fingerprints]
        items = self._database.batch_get(ObservedItem, wanted, consistent=consistent)
        return [_observed(item) for item in items]

    def with_names(self, names_digest: str, most: int) -> list[str]:
        """The fingerprints of the certificates with these names that are the last to expire."""
        page = self._database.query(ObservedItem.by_names, names_digest, limit=most, newest_first=True)
        return [keys.observed_fingerprint(item.item_id) for item in page.items]

    def der_of(self, fingerprint: str) -> bytes | None:
        item = self._database.get(DerItem, keys.observed_item(fingerprint), keys.DER)
        return bytes(item.der) if item else None

    def ders_of(self, fingerprints: Iterable[str]) -> dict[str, bytes]:
        wanted = [(keys.observed_item(each), keys.DER) for each in fingerprints]
        items = self._database.batch_get(DerItem, wanted)
        return {keys.observed_fingerprint(item.item_id): bytes(item.der) for item in items}

    def der_step(self, parsed: ParsedCertificate) -> Write:
        """Without a condition: a fingerprint has only one DER."""
        return put(DerItem(keys.observed_item(parsed.fingerprint), keys.DER, der=parsed.der))

    def create_step(self, certificate: ObservedCertificate) -> Write:
        """Refused with ChangedMeanwhile if the certificate is known."""
        return put(_item(certificate), ObservedItem.item_id.does_not_exist())

    def save_step(self, before: ObservedCertificate, after: ObservedCertificate) -> Write:
        """The whole row, on condition that it is still the one that `after` was decided from; `after` needs
        the revision of `before`."""
        item = _item(after)
        item.revision = before.revision + 1
        return put(item, ObservedItem.revision == before.revision)

    def to_forget(self, fingerprints: Iterable[str], now: datetime) -> list[ObservedCertificate]:
        """The certificates among at most 100 that are to be forgotten by now, and that no run has marked;
        read consistently."""
        wanted = [(keys.observed_item(each), keys.CERTIFICATE) for each in fingerprints]
        items = self._database.batch_get(ObservedItem, wanted, consistent=True)
        found = [_observed(item) for item in items if item.delete_after is None]
        return [each for each in found if each.is_forgotten(now)]

    def forget_contents_step(self, fingerprint: str, der: bytes, at: datetime) -> Write:
        item = DerItem(keys.observed_item(fingerprint), keys.DER, der=der)
        item.delete_after = int(at.timestamp())
        return put(item)

    def forget_step(self, certificate: ObservedCertificate, at: datetime) -> Write:
        """Deletes the row at this time, unless it changes before."""
        item = ObservedItem(keys.observed_item(certificate.fingerprint), keys.CERTIFICATE)
        actions = [ObservedItem.delete_after.set(int(at.timestamp()))]
        return update(item, actions, ObservedItem.revision == certificate.revision)

    def due_pages(self, shard: int, now: datetime) -> Iterator[list[str]]:
        """The fingerprints of a shard's certificates whose alert is due, in pages of 100."""
        for page in due_pages(self._database, ObservedItem.by_due, DUE_SHARDS + shard, now):
            yield [keys.observed_fingerprint(each) for each in page]


def _item(certificate: ObservedCertificate) -> ObservedItem:
    fingerprint, facts = certificate.fingerprint, certificate.facts
    return to_item(
        ObservedItem,
        certificate,
        item_id=keys.observed_item(fingerprint),
        record=keys.CERTIFICATE,
        list_shard=keys.inventory_shard(month_of(certificate.first_seen_at), fingerprint),
        list_key=keys.observed_list_key(certificate.first_seen_at, fingerprint),
        state_shard=keys.inventory_shard(certificate.state.value, fingerprint),
        not_after=facts.not_after,
        **_watched_keys(certificate),
        **_due_keys(certificate),
        tags=dict(certificate.tags) or None,
        alerted=certificate.alerted or None,
        by_hand=certificate.by_hand or None,
    )


def _watched_keys(certificate: ObservedCertificate) -> dict[str, object]:
    """The keys of the indexes that hold only leaves whose expiry is reported."""
    if not certificate.is_watched_leaf:
        return {}
    not_after, fingerprint = certificate.facts.not_after, certificate.fingerprint
    owner = certificate.owner_id
    return {
        "expiry_month": _month_within_lists(not_after),
        "expiry_key": keys.observed_list_key(not_after, fingerprint),
        "team_key": keys.observed_of(certificate.team_id),
        "owner_key": keys.observed_of(owner) if owner else None,
    }


def _due_keys(certificate: ObservedCertificate) -> dict[str, object]:
    """The keys of the due index; certificates that are watched no longer have them to end an alert."""
    due_at = certificate.next_alert_at
    if due_at is None:
        return {}
    return {"due_shard": DUE_SHARDS + shard_of(certificate.fingerprint), "due_at": due_at}


def _month_within_lists(not_after: datetime) -> str:
    """Expired and far ones stand in the first and the last month that lists read."""
    return min(max(month_of(not_after), FIRST_MONTH), LAST_MONTH)


def _observed(item: ObservedItem) -> ObservedCertificate:
    return to_record(
        ObservedCertificate,
        item,
        fingerprint=keys.observed_fingerprint(item.item_id),
        first_seen_at=from_wire(keys.observed_first_seen(item.list_key)),
        sightings=int(item.sightings),
        next_alert_at=item.due_at,
        by_hand=tuple(map(Decided, item.by_hand or ())),
        revision=int(item.revision),
    )
