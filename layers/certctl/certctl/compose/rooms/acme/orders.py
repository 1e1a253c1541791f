"""Orders of ACME clients."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.certificates import CertificateFactories

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.acme.downloads import Downloads
    from certctl.services.acme.finalizing import Finalizing
    from certctl.services.acme.orders import Orders
    from certctl.services.acme.renewal_info import RenewalInfo
    from certctl.services.acme.revoking import Revocations
    from certctl.store.acme.authorizations import AuthorizationStore
    from certctl.store.acme.orders import OrderStore
    from certctl.store.acme.records import RecordStore
    from certctl.unit_of_work.acme.checks import OrderChecks
    from certctl.unit_of_work.acme.issued import IssuedCertificates
    from certctl.unit_of_work.acme.limits import HourlyLimits
    from certctl.unit_of_work.acme.orders import OrderReads
    from certctl.unit_of_work.acme.records import NamedRecords


class AcmeOrderFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self._base = changes.base
        self._changes = changes
        self._certificates = CertificateFactories(changes)

    @cached_property
    def orders(self) -> "Orders":
        from certctl.services.acme.orders import Orders
        from certctl.store.acme.accounts import AcmeAccountStore

        base, changes = self._base, self._changes
        return Orders(
            stores=changes.stores,
            units=changes.units,
            orders=self._order_store,
            authorizations=self._authorization_store,
            accounts=AcmeAccountStore(base.database),
            records=self._named_records,
            reads=self._reads,
            checks=self._checks,
            limits=self.limits,
            nudges=base.nudges,
            now=base.now,
        )

    @cached_property
    def finalizing(self) -> "Finalizing":
        from certctl.services.acme.finalizing import Finalizing
        from certctl.store.acme.accounts import AcmeAccountStore

        base = self._base
        return Finalizing(
            stores=self._changes.stores,
            orders=self._order_store,
            accounts=AcmeAccountStore(base.database),
            names=self._record_store,
            records=self._named_records,
            reads=self._reads,
            checks=self._checks,
            starts=self._certificates.starts,
            archiving=self._certificates.archiving,
            now=base.now,
            sleep=base.overrides.sleep,
        )

    @cached_property
    def downloads(self) -> "Downloads":
        from certctl.services.acme.downloads import Downloads

        return Downloads(
            self._changes.stores,
            self._order_store,
            self._reads,
            self.issued,
            self._certificates.archiving,
            self._base.now,
        )

    @cached_property
    def revocations(self) -> "Revocations":
        from certctl.services.acme.revoking import Revocations
        from certctl.unit_of_work.acme.authorized_names import AuthorizedNames

        base = self._base
        return Revocations(
            self._changes.stores,
            self.issued,
            AuthorizedNames(self._order_store, self._authorization_store),
            self._certificates.revocation,
            base.now,
        )

    @cached_property
    def limits(self) -> "HourlyLimits":
        from certctl.unit_of_work.acme.limits import HourlyLimits

        return HourlyLimits(self._base.database, self._base.now)

    @cached_property
    def issued(self) -> "IssuedCertificates":
        from certctl.store.cache import LastKnown
        from certctl.store.issuing.serials import SerialStore
        from certctl.unit_of_work.acme.issued import IssuedCertificates

        authorities = LastKnown("the CAs", self._changes.stores.authorities.all, self._base.now)
        return IssuedCertificates(authorities, SerialStore(self._base.database))

    @cached_property
    def renewal_info(self) -> "RenewalInfo":
        from certctl.services.acme.renewal_info import RenewalInfo
        from certctl.store.cache import LastKnown
        from certctl.store.notifications.public_url import PublicUrlStore

        base, changes = self._base, self._changes
        read = PublicUrlStore(base.database).get
        url = LastKnown("the dashboard's URL", read, base.now, otherwise="")
        return RenewalInfo(changes.stores, self.issued, changes.catalog.cached, url, base.now)

    @cached_property
    def _checks(self) -> "OrderChecks":
        from certctl.unit_of_work.acme.checks import OrderChecks

        return OrderChecks(self._certificates.admission, self._changes.policy_enforcement)

    @cached_property
    def _reads(self) -> "OrderReads":
        from certctl.unit_of_work.acme.orders import OrderReads

        return OrderReads(self._order_store, self._authorization_store, self._changes.stores.jobs)

    @cached_property
    def _named_records(self) -> "NamedRecords":
        from certctl.unit_of_work.acme.records import NamedRecords

        return NamedRecords(self._record_store, self._changes.stores.certificates)

    @cached_property
    def _record_store(self) -> "RecordStore":
        from certctl.store.acme.records import RecordStore

        return RecordStore(self._base.database)

    @cached_property
    def _order_store(self) -> "OrderStore":
        from certctl.store.acme.orders import OrderStore

        return OrderStore(self._base.database)

    @cached_property
    def _authorization_store(self) -> "AuthorizationStore":
        from certctl.store.acme.authorizations import AuthorizationStore

        return AuthorizationStore(self._base.database)
