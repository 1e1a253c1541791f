"""Typed methods for the ACME server, like those of `resources`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certctl_client.api import operations
from certctl_client.api.schema import (
    AcmeAccountView,
    AcmeOrderView,
    EabKeyBody,
    EabKeyView,
    ListAcmeAccountsQuery,
    ListAcmeOrdersQuery,
    ListEabKeysQuery,
    MintedEabKeyView,
    NewEabKeyBody,
)

if TYPE_CHECKING:
    from certctl_client.api.transport import Api


@dataclass(frozen=True)
class Acme:
    """EAB keys, and the ACME accounts and orders of their clients."""

    api: "Api"

    def eab_keys(self, filters: ListEabKeysQuery) -> Iterator[EabKeyView]:
        """Oldest first."""
        return self.api.listed(operations.LIST_EAB_KEYS, query=filters)

    def eab_key(self, key_id: str) -> EabKeyView:
        return self.api.call(operations.GET_EAB_KEY, key_id)

    def create_eab_key(self, body: NewEabKeyBody, idempotency_key: str) -> MintedEabKeyView:
        return self.api.call(operations.CREATE_EAB_KEY, body=body, idempotency_key=idempotency_key)

    def edit_eab_key(self, key_id: str, body: EabKeyBody, version: int) -> EabKeyView:
        """Replaces its fields. Raises RequestFailed (409) if it has another version."""
        return self.api.call(operations.EDIT_EAB_KEY, key_id, body=body, version=version)

    def rotate_eab_key(self, key_id: str) -> MintedEabKeyView:
        return self.api.call(operations.ROTATE_EAB_KEY, key_id)

    def revoke_eab_key(self, key_id: str) -> EabKeyView:
        """Repeating it changes nothing."""
        return self.api.call(operations.REVOKE_EAB_KEY, key_id)

    def delete_eab_key(self, key_id: str) -> None:
        """Raises RequestFailed (409) if it has ACME accounts."""
        self.api.call(operations.DELETE_EAB_KEY, key_id)

    def accounts(self, filters: ListAcmeAccountsQuery) -> Iterator[AcmeAccountView]:
        """Oldest first."""
        return self.api.listed(operations.LIST_ACME_ACCOUNTS, query=filters)

    def account(self, account_id: str) -> AcmeAccountView:
        return self.api.call(operations.GET_ACME_ACCOUNT, account_id)

    def revoke_account(self, account_id: str) -> AcmeAccountView:
        """Repeating it changes nothing."""
        return self.api.call(operations.REVOKE_ACME_ACCOUNT, account_id)

    def orders(self, query: ListAcmeOrdersQuery) -> Iterator[AcmeOrderView]:
        """Newest first."""
        return self.api.listed(operations.LIST_ACME_ORDERS, query=query)
