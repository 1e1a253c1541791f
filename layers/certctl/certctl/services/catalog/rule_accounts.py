"""The service accounts of trust rules."""

from collections.abc import Sequence

from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import load


def accounts_of(catalog: CatalogStore, rules: Sequence[AnyEntry]) -> dict[str, AnyEntry]:
    """The rules' service accounts by id, read consistently; no read if there is no trust rule."""
    ids = [rule.content.service_account_id for rule in rules if rule.kind is Kind.TRUST_RULE]

    def read(batch: Sequence[str]) -> list[AnyEntry]:
        return list(catalog.get_many([(Kind.SERVICE_ACCOUNT, each) for each in batch]).values())

    return {account.id: account for account in load(ids, read)}
