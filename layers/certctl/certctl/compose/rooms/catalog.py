"""Configuration records: issuers, targets, owners, teams, policies, profiles, renewal policies, agents."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from collections.abc import Callable

    from certctl.compose.rooms.base import Base
    from certctl.domain.renewal.policies import RenewalPolicy
    from certctl.services.agents.registration import AgentRegistration
    from certctl.store.agents.consents import AgentConsentStore
    from certctl.store.agents.crl_reports import CrlReportStore
    from certctl.store.agents.states import AgentStateStore
    from certctl.store.catalog.cache import CachedCatalog
    from certctl.store.catalog.records import CatalogStore
    from certctl.store.insights.counters import CounterStore
    from certctl.unit_of_work.access.key_endings import KeyEndings
    from certctl.unit_of_work.agents.retirements import Retirements
    from certctl.unit_of_work.catalog import CatalogRecords
    from certctl.unit_of_work.certificates.references import References
    from certctl.unit_of_work.policies.evaluations import PolicyEvaluations
    from certctl.unit_of_work.unit import Parts
    from certctl.unit_of_work.units import Units


class CatalogFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base

    @cached_property
    def store(self) -> "CatalogStore":
        from certctl.store.catalog.records import CatalogStore

        return CatalogStore(self._base.database, self._base.overrides.catalog_kinds)

    @cached_property
    def cached(self) -> "CachedCatalog":
        if self._base.overrides.cached_catalog is not None:
            return self._base.overrides.cached_catalog
        from certctl.store.catalog.cache import CachedCatalog

        return CachedCatalog(self.store, self._base.now)

    @cached_property
    def renewal_policy(self) -> "Callable[[str], RenewalPolicy]":
        """Reads a certificate's policy without the other kinds of records."""
        if self._base.overrides.cached_catalog is not None:
            return self._base.overrides.cached_catalog.renewal_policy
        from certctl.store.catalog.renewal_policies import CachedRenewalPolicies

        return CachedRenewalPolicies(self._base.database, self._base.now).renewal_policy

    def cached_for(self, kept: timedelta) -> "CachedCatalog":
        """Has a cache of its own, for what may lag behind by more than a minute."""
        from certctl.store.catalog.cache import CachedCatalog

        return CachedCatalog(self.store, self._base.now, kept)

    @cached_property
    def references(self) -> "References":
        from certctl.store.policies.name_edits import NamesEditStore
        from certctl.unit_of_work.certificates.exemptions import NameExemptions
        from certctl.unit_of_work.certificates.references import References

        edits = NamesEditStore(self._base.database)
        exemptions = NameExemptions(self.store, edits, self._base.now)
        return References(self.store, self.cached, exemptions)

    @cached_property
    def counters(self) -> "CounterStore":
        from certctl.store.insights.counters import CounterStore

        return CounterStore(self._base.database, self._base.now)

    @cached_property
    def units(self) -> "Units":
        from certctl.unit_of_work.units import Units

        return Units(self._base.database, self._parts_of_units)

    def _parts_of_units(self) -> "Parts":
        from certctl.store.certificates.certificates import CertificateStore
        from certctl.store.follow_ups import FollowUpStore
        from certctl.store.jobs.jobs import JobStore
        from certctl.store.keys import OPEN_INCIDENTS
        from certctl.store.notifications.deferred import DeferredAlerts
        from certctl.store.notifications.notifications import NotificationStore
        from certctl.store.writes import MAX_ACTIONS
        from certctl.unit_of_work.alerts import AlertWriter
        from certctl.unit_of_work.unit import Parts

        base, database = self._base, self._base.database
        notifications = NotificationStore(database, config.notifications().retention)
        return Parts(
            database,
            CertificateStore(database, self.cached.renewal_policy),
            JobStore(database),
            base.audit,
            self.counters,
            AlertWriter(notifications, DeferredAlerts(database, base.now)),
            FollowUpStore(database, OPEN_INCIDENTS),
            base.nudges,
            base.overrides.max_writes or MAX_ACTIONS,
        )

    @cached_property
    def records(self) -> "CatalogRecords":
        from certctl.store.catalog.issuer_health import IssuerContactStore
        from certctl.store.catalog.usage import CatalogUsage
        from certctl.unit_of_work.catalog import CatalogRecords

        database = self._base.database
        return CatalogRecords(
            units=self.units,
            catalog=self.store,
            book=self.cached,
            usage=CatalogUsage(database, self.store, self._base.now),
            agent_states=self.agent_states,
            issuer_contacts=IssuerContactStore(database),
            agent_consents=self.agent_consents,
            evaluations=lambda: self.policy_evaluations,
            stack=config.stack().name,
        )

    @cached_property
    def agent_states(self) -> "AgentStateStore":
        from certctl.store.agents.states import AgentStateStore

        return AgentStateStore(self._base.database)

    @cached_property
    def agent_consents(self) -> "AgentConsentStore":
        from certctl.store.agents.consents import AgentConsentStore

        return AgentConsentStore(self._base.database)

    @cached_property
    def crl_reports(self) -> "CrlReportStore":
        from certctl.store.agents.crl_reports import CrlReportStore

        return CrlReportStore(self._base.database)

    @cached_property
    def policy_evaluations(self) -> "PolicyEvaluations":
        from certctl.store.jobs.jobs import JobStore
        from certctl.store.policies.states import PolicyStateStore
        from certctl.unit_of_work.policies.evaluations import PolicyEvaluations

        database = self._base.database
        return PolicyEvaluations(JobStore(database), PolicyStateStore(database))

    @cached_property
    def retirements(self) -> "Retirements":
        from certctl.store.access.api_keys import ApiKeyStore
        from certctl.unit_of_work.agents.retirements import Retirements

        return Retirements(self.records, ApiKeyStore(self._base.database), self._base.now)

    @cached_property
    def key_endings(self) -> "KeyEndings":
        from certctl.store.access.api_keys import ApiKeyStore
        from certctl.store.follow_ups import FollowUpStore
        from certctl.store.identity.sessions import SessionStore
        from certctl.store.keys import LEAKED_KEYS
        from certctl.unit_of_work.access.eab_key_leaks import EabKeyLeaks
        from certctl.unit_of_work.access.key_endings import KeyEndings

        database, now = self._base.database, self._base.now
        keys, follow_ups = ApiKeyStore(database), FollowUpStore(database, LEAKED_KEYS)
        eab_keys = EabKeyLeaks(self.units, now)
        return KeyEndings(self.units, keys, SessionStore(database), follow_ups, eab_keys, now)

    @cached_property
    def registration(self) -> "AgentRegistration":
        from certctl.services.agents.registration import AgentRegistration, RegistrationStores
        from certctl.store.access.api_keys import ApiKeyStore
        from certctl.store.access.subjects import SubjectStore
        from certctl.store.agents.tokens import BootstrapTokenStore

        database = self._base.database
        stores = RegistrationStores(
            self.records,
            ApiKeyStore(database),
            SubjectStore(database),
            BootstrapTokenStore(database),
            self.agent_states,
        )
        return AgentRegistration(stores, self._base.now)
