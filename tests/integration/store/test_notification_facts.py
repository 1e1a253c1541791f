"""The facts of notifications that were stored before alerts had names."""

from datetime import UTC, datetime, timedelta

from certctl.domain.notifications.notifications import CertificateFacts
from certctl.store.database import Database
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import NotificationStore
from tests.support.notifications.rows import a_notification

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)


def test_ids_that_were_stored_as_owner_and_team_are_their_ids(database: Database) -> None:
    store, row = NotificationStore(database), a_notification(NOW)
    database.transact([store.create_step(row)])
    facts = '["shop","shop.example","4f2a","2027-02-01T00:00:00Z","production","o-ada","t-pay"]'
    NotificationItem.get(row.id).update([NotificationItem.facts.set(facts)])

    found = store.get(row.id)

    assert found is not None
    assert (found.facts.owner, found.facts.team) == ("o-ada", "t-pay")
    assert (found.facts.owner_id, found.facts.team_id) == ("o-ada", "t-pay")


def test_names_and_ids_are_read_as_they_were_stored(database: Database) -> None:
    store = NotificationStore(database)
    expires_at = NOW + timedelta(days=3)
    facts = CertificateFacts("shop", "shop", "4f2a", expires_at, "", "Ada", "Payments", "o-ada", "t-pay")
    row = a_notification(NOW, facts=facts)
    database.transact([store.create_step(row)])
    found = store.get(row.id)
    assert found is not None
    assert (found.id, found.facts) == (row.id, facts)
