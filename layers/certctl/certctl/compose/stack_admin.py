"""Composes stack_admin: makes and rotates the CAs, makes the first admin key, restores revocations."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.authorities.authorities import AuthorityFactories
from certctl.compose.rooms.authorities.cas import CaFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.margins import run_reports
from certctl.domain.acme.name_servers import name_servers
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.errors import InvalidInput
from certctl.domain.networks import networks_of

if TYPE_CHECKING:
    from certctl.services.access.api_keys import ApiKeys
    from certctl.services.access.break_glass import BreakGlass
    from certctl.services.access.key_restoring import ApiKeyRecovery
    from certctl.services.access.key_subjects import KeySubjects
    from certctl.services.authorities.initialization import StackInitialization
    from certctl.services.authorities.recovery import CrlRecovery
    from certctl.services.authorities.setup_retry import SetupRetry
    from certctl.services.authorities.upkeep.lost_serials import LostSerials
    from certctl.services.catalog.defaults import CatalogDefaults
    from certctl.services.catalog.issuers import CatalogIssuers
    from certctl.services.identity.account_recovery import AccountRecovery
    from certctl.services.insights.margins import RunReports
    from certctl.services.insights.recount_requests import RecountRequests
    from certctl.services.inventory.restore_windows import RestoreWindows
    from certctl.services.revocation.ends import RevocationEnds
    from certctl.services.revocation.without_record import RevocationWithoutRecord
    from certctl.store.access.api_keys import ApiKeyStore
    from certctl.store.certificates.search_progress import SearchProgress
    from certctl.store.notifications.public_url import PublicUrlStore

# The deploy waits 360 s for stack_admin, which runs for 290 s; one attempt may take 90, a lint 60, and the
# responders' first answers 60.
_PATIENCE = timedelta(seconds=80)


class StackAdmin:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._authorities = AuthorityFactories(self._base)
        self._changes = ChangeFactories(self._base)
        self.cas = CaFactories(self._changes, self._authorities)
        self.now = self._base.now

    @property
    def is_local(self) -> bool:
        return config.stack().is_local

    @cached_property
    def api_keys(self) -> "ApiKeys":
        from certctl.services.access.account_keys import Accounts
        from certctl.services.access.api_keys import ApiKeys
        from certctl.store.access.subjects import SubjectStore

        base, endings = self._base, self._changes.catalog.key_endings
        subjects = SubjectStore(base.database)
        accounts = Accounts(self._changes.catalog.store)
        return ApiKeys(
            self._changes.units, self._key_store, subjects, endings, base.audit, accounts, base.now
        )

    @cached_property
    def break_glass(self) -> "BreakGlass":
        from certctl.services.access.break_glass import BreakGlass
        from certctl.store.access.break_glass import BreakGlassStore
        from certctl.store.access.subjects import SubjectStore

        base = self._base
        subjects, claims = SubjectStore(base.database), BreakGlassStore(base.database)
        return BreakGlass(self._changes.units, self._key_store, subjects, claims, base.now)

    @cached_property
    def _key_store(self) -> "ApiKeyStore":
        from certctl.store.access.api_keys import ApiKeyStore

        return ApiKeyStore(self._base.database)

    @cached_property
    def search_progress(self) -> "SearchProgress":
        from certctl.store.certificates.search_progress import SearchProgress

        return SearchProgress(self._base.database)

    @cached_property
    def initialization(self) -> "StackInitialization":
        from certctl.services.authorities.initialization import StackInitialization

        return StackInitialization(
            _check_settings,
            self.cas.certificate_authority,
            self._base.audit,
            self.search_progress,
            self.catalog_defaults.make,
            self._base.now,
        )

    @cached_property
    def crl_restoring(self) -> "CrlRecovery":
        from certctl.services.authorities.recovery import CrlRecovery
        from certctl.store.issuing.serials import SerialStore

        base = self._base
        serials, objects = SerialStore(base.database), self._authorities.pki_objects
        return CrlRecovery(self._changes.stores, self._changes.units, serials, base.audit, objects, base.now)

    @cached_property
    def revocation_without_record(self) -> "RevocationWithoutRecord":
        from certctl.services.revocation.without_record import RevocationWithoutRecord
        from certctl.store.issuing.serials import SerialStore

        changes, serials = self._changes, SerialStore(self._base.database)
        return RevocationWithoutRecord(changes.stores, changes.units, serials, STACK_ADMIN, self._base.now)

    @cached_property
    def lost_serials(self) -> "LostSerials":
        from certctl.services.authorities.upkeep.lost_serials import LostSerials

        return LostSerials(self._base.database, self._base.now)

    @cached_property
    def restore_windows(self) -> "RestoreWindows":
        from certctl.services.inventory.restore_windows import RestoreWindows
        from certctl.store.inventory.restore_windows import RestoreWindowStore

        return RestoreWindows(RestoreWindowStore(self._base.database), self._base.now)

    @cached_property
    def key_restoring(self) -> "ApiKeyRecovery":
        from certctl.services.access.key_restoring import ApiKeyRecovery
        from certctl.store.access.subjects import SubjectStore
        from certctl.store.identity.sessions import SessionStore

        base, units = self._base, self._changes.units
        subjects, sessions = SubjectStore(base.database), SessionStore(base.database)
        return ApiKeyRecovery(units, self._key_store, subjects, sessions, base.audit, STACK_ADMIN, base.now)

    @cached_property
    def account_recovery(self) -> "AccountRecovery":
        from certctl.services.identity.account_recovery import AccountRecovery
        from certctl.store.access.subjects import SubjectStore

        base, records = self._base, self._changes.catalog.records
        return AccountRecovery(records, SubjectStore(base.database), base.audit, base.now)

    @cached_property
    def key_subjects(self) -> "KeySubjects":
        from certctl.services.access.key_subjects import KeySubjects
        from certctl.store.access.subjects import SubjectStore

        changes, subjects = self._changes, SubjectStore(self._base.database)
        return KeySubjects(changes.units, self._key_store, subjects, changes.catalog.store, self._base.now)

    @cached_property
    def revocation_ends(self) -> "RevocationEnds":
        from certctl.services.revocation.ends import RevocationEnds
        from certctl.store.revocation.ends import RevocationEndStore

        base, catalog = self._base, self._changes.catalog.store
        return RevocationEnds(self._authorities.store, catalog, RevocationEndStore(base.database), base.now)

    @cached_property
    def catalog_defaults(self) -> "CatalogDefaults":
        from certctl.services.catalog.defaults import CatalogDefaults

        return CatalogDefaults(self._changes.catalog.records, self._base.now)

    @cached_property
    def catalog_issuers(self) -> "CatalogIssuers":
        from certctl.services.catalog.issuers import CatalogIssuers

        return CatalogIssuers(self._changes.catalog.records, self._base.now)

    @cached_property
    def patience(self) -> "SetupRetry":
        from certctl.services.authorities.setup_retry import SetupRetry

        return SetupRetry(_PATIENCE, self._base.now, self._base.overrides.sleep)

    @cached_property
    def public_url(self) -> "PublicUrlStore":
        from certctl.store.notifications.public_url import PublicUrlStore

        return PublicUrlStore(self._base.database)

    @cached_property
    def reports(self) -> "RunReports":
        return run_reports("stack_admin", self._base)

    @cached_property
    def recount_requests(self) -> "RecountRequests":
        from certctl.services.insights.recount_requests import RecountRequests

        return RecountRequests(self._base.database, self._base.now)


def _check_settings() -> None:
    """Raises InvalidInput for faults that the first alert would otherwise reveal, long after the deploy."""
    try:
        notifications = config.notifications()
    except config.InvalidSetting as error:
        raise InvalidInput.of("EngineSettings", str(error)) from error
    if notifications.retention <= notifications.longest_delivery:
        needed = notifications.longest_delivery // timedelta(days=1) + 1
        raise InvalidInput.of(
            "NotificationRetentionDays", f"must be {needed} at least with these EngineSettings"
        )
    validation = config.acme_validation()
    _check("AllowedPrivateCidrs", config.allowed_private_cidrs(), networks_of)
    _check("AcmeValidationCidrs", validation.cidrs, networks_of)
    _check("AcmeDnsServers", validation.dns_servers, name_servers)


def _check(parameter: str, texts: Iterable[str], parse: Callable[[list[str]], object]) -> None:
    """Raises InvalidInput for the first text that `parse` refuses."""
    for text in texts:
        try:
            parse([text])
        except ValueError as error:
            raise InvalidInput.of(parameter, str(error)) from error
