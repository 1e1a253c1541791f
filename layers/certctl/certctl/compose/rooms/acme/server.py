"""What every request of an ACME client needs, and the use cases of ACME accounts."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.compose.rooms.catalog import CatalogFactories
    from certctl.services.acme.accounts import AcmeAccounts
    from certctl.services.acme.directory import Directory
    from certctl.services.acme.new_accounts import NewAccounts
    from certctl.services.acme.nonces import Nonces
    from certctl.store.acme.accounts import AcmeAccountStore
    from certctl.store.acme.eab_keys import EabKeyStore
    from certctl.store.acme.orders import OrderStore
    from certctl.unit_of_work.acme.callers import AcmeCallers


class AcmeAccountFactories:
    def __init__(self, base: "Base", catalog: "CatalogFactories") -> None:
        self._base = base
        self._catalog = catalog

    @cached_property
    def account_store(self) -> "AcmeAccountStore":
        from certctl.store.acme.accounts import AcmeAccountStore

        return AcmeAccountStore(self._base.database)

    @cached_property
    def eab_key_store(self) -> "EabKeyStore":
        from certctl.store.acme.eab_keys import EabKeyStore

        return EabKeyStore(self._base.database)

    @cached_property
    def order_store(self) -> "OrderStore":
        from certctl.store.acme.orders import OrderStore

        return OrderStore(self._base.database)

    @cached_property
    def nonces(self) -> "Nonces":
        from certctl.services.acme.nonces import Nonces
        from certctl.store.acme.nonces import NonceStore

        return Nonces(NonceStore(self._base.database), self._base.now)

    @cached_property
    def callers(self) -> "AcmeCallers":
        from certctl.store.access.subjects import SubjectStore
        from certctl.unit_of_work.acme.callers import AcmeCallers

        subjects = SubjectStore(self._base.database)
        return AcmeCallers(self.account_store, self.eab_key_store, subjects, self._base.now)

    @cached_property
    def directory(self) -> "Directory":
        from certctl.services.acme.directory import Directory

        return Directory(self.eab_key_store, self._base.now)

    @cached_property
    def new_accounts(self) -> "NewAccounts":
        from certctl.connectors.acme.binding_macs import BindingMacs
        from certctl.services.acme.new_accounts import NewAccounts
        from certctl.store.access.subjects import SubjectStore

        settings = config.acme()
        return NewAccounts(
            self.account_store,
            self.eab_key_store,
            SubjectStore(self._base.database),
            BindingMacs(self._base.client("kms"), settings.binding_key_arn),
            self._catalog.units,
            settings.terms_url,
            self._base.now,
        )

    @cached_property
    def accounts(self) -> "AcmeAccounts":
        from certctl.services.acme.accounts import AcmeAccounts
        from certctl.unit_of_work.acme.limits import HourlyLimits

        units, now = self._catalog.units, self._base.now
        limits = HourlyLimits(self._base.database, now)
        return AcmeAccounts(self.account_store, self.eab_key_store, self.order_store, limits, units, now)
