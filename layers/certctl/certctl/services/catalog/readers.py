"""Which records a caller is shown."""

from collections.abc import Sequence

from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.reach import is_of_teams, reads_record
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import read_permission
from certctl.services.catalog.rule_accounts import accounts_of
from certctl.store.catalog.records import CatalogStore


def _is_limited(caller: Principal, kind: Kind) -> bool:
    """Whether there may be records of the kind that the caller is not shown."""
    return is_of_teams(kind) and caller.team_filter(read_permission(kind)) is not None


def shown_to(caller: Principal, catalog: CatalogStore, entries: Sequence[AnyEntry]) -> list[AnyEntry]:
    """The entries that the caller may see. The service accounts of trust rules are read in one round trip,
    for a caller who is limited to teams."""
    rules = [entry for entry in entries if _is_limited(caller, entry.kind)]
    accounts = accounts_of(catalog, rules)
    return [entry for entry in entries if reads_record(caller, entry, _account(entry, accounts))]


def _account(entry: AnyEntry, accounts: dict[str, AnyEntry]) -> AnyEntry | None:
    return accounts.get(entry.content.service_account_id) if entry.kind is Kind.TRUST_RULE else None
