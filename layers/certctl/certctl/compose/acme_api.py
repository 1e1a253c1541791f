"""Composes acme_api, which anyone may call: it signs nothing and reaches no network."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.acme.orders import AcmeOrderFactories
from certctl.compose.rooms.acme.server import AcmeAccountFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories

if TYPE_CHECKING:
    from certctl.api.acme.protocol.verification import Verification
    from certctl.domain.acme.settings import AcmeSettings
    from certctl.services.acme.accounts import AcmeAccounts
    from certctl.services.acme.authorizations import Authorizations
    from certctl.services.acme.directory import Directory
    from certctl.services.acme.downloads import Downloads
    from certctl.services.acme.finalizing import Finalizing
    from certctl.services.acme.new_accounts import NewAccounts
    from certctl.services.acme.orders import Orders
    from certctl.services.acme.renewal_info import RenewalInfo
    from certctl.services.acme.revoking import Revocations
    from certctl.services.audit.api_calls import ApiCallAudit


class AcmeApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self._accounts = AcmeAccountFactories(self._base, self._changes.catalog)
        self._ordering = AcmeOrderFactories(self._changes)

    @property
    def settings(self) -> "AcmeSettings":
        return config.acme()

    @cached_property
    def verification(self) -> "Verification":
        from certctl.api.acme.protocol.verification import Verification

        return Verification(self._accounts.callers, self._accounts.nonces)

    @cached_property
    def call_audit(self) -> "ApiCallAudit":
        from certctl.services.audit.api_calls import ApiCallAudit
        from certctl.store.quotas import audit_samples

        return ApiCallAudit(self._base.audit, audit_samples(self._base.database), self._base.now)

    @property
    def directory(self) -> "Directory":
        return self._accounts.directory

    @property
    def new_accounts(self) -> "NewAccounts":
        return self._accounts.new_accounts

    @property
    def accounts(self) -> "AcmeAccounts":
        return self._accounts.accounts

    @cached_property
    def authorizations(self) -> "Authorizations":
        from certctl.services.acme.authorizations import Authorizations
        from certctl.store.acme.authorizations import AuthorizationStore

        base = self._base
        return Authorizations(
            base.database,
            self._accounts.order_store,
            AuthorizationStore(base.database),
            self._ordering.limits,
            base.nudges,
            base.now,
        )

    @property
    def orders(self) -> "Orders":
        return self._ordering.orders

    @property
    def finalizing(self) -> "Finalizing":
        return self._ordering.finalizing

    @property
    def downloads(self) -> "Downloads":
        return self._ordering.downloads

    @property
    def renewal_info(self) -> "RenewalInfo":
        return self._ordering.renewal_info

    @property
    def revocations(self) -> "Revocations":
        return self._ordering.revocations
