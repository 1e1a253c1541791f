"""Composes maintenance_schedule: each task is composed when it runs, and none for the failure of another."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.audit import AuditFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.certificates import CertificateFactories
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.renewal import RenewalFactories

if TYPE_CHECKING:
    from datetime import timedelta

    from cryptography.hazmat.primitives.asymmetric import ec

    from certctl.domain.audit.seals import SignedHead
    from certctl.services.access.break_glass import BreakGlassWatch
    from certctl.services.acme.endings import AcmeEndings
    from certctl.services.acme.unused_accounts import UnusedAccounts
    from certctl.services.agents.silence import StaleAgents
    from certctl.services.agents.stale_crls import StaleCrls
    from certctl.services.audit.sealing import AuditSealer
    from certctl.services.authorities.lifecycle import CaLifecycle
    from certctl.services.catalog.deletions import CatalogDeletions
    from certctl.services.catalog.rule_withdrawals import RuleWithdrawals
    from certctl.services.certificates.incidents import OpenIncidents
    from certctl.services.certificates.search_backfill import SearchBackfill
    from certctl.services.insights.margin_watch import CauseAlerts, StandstillWatch
    from certctl.services.insights.margins import Margin
    from certctl.services.insights.recounting import CounterRecount
    from certctl.services.inventory.census.counting import InventoryCensus
    from certctl.services.inventory.observed_alerts import ObservedAlerts
    from certctl.services.inventory.silent_scopes import SilentScopes
    from certctl.services.jobs.due import DueJobs
    from certctl.services.notifications.digests.weekly import WeeklyDigests
    from certctl.services.policies.name_exemptions import NameExemptions
    from certctl.services.policies.reviews import PolicyReviews
    from certctl.services.renewal.fallback import FallbackRenewal
    from certctl.services.revocation.keys import KeyFollowUp
    from certctl.services.status.watching.delays import RevocationDelays
    from certctl.unit_of_work.access.eab_key_leaks import EabKeyLeaks
    from certctl.unit_of_work.access.key_endings import KeyEndings

_CONSUMED = ("jobs", "external_jobs", "notifications", "crl_nudges", "status_checks")
"""The queues of event source mappings that every stack has."""
_CHOSEN_RATES = ("retry_sweep_schedule", "renewal_schedule")
"""The schedules whose rate is a parameter of the template."""


class MaintenanceSchedule:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._audit = AuditFactories(self._base)
        self._changes = ChangeFactories(self._base)
        self._catalog = self._changes.catalog
        self.now = self._base.now

    @cached_property
    def sealing(self) -> "AuditSealer":
        from certctl.connectors.seal_archive import SealArchive
        from certctl.crypto.audit.seals import check_signature
        from certctl.domain.audit.seals import API_CALL_CLASS, DOMAIN_EVENT_CLASS
        from certctl.services.audit.sealing import AuditSealer, SealSettings
        from certctl.store.locks import LockStore

        kept = config.audit()
        days = {API_CALL_CLASS: kept.api_call_days, DOMAIN_EVENT_CLASS: kept.domain_event_days}

        def check(signed: "SignedHead") -> None:
            check_signature(signed, self._seal_key.public_key())

        return AuditSealer(
            self._audit.ranges,
            self._audit.seal_rows,
            SealArchive(self._audit.seal_objects, check),
            LockStore(self._base.database),
            lambda: self._seal_key,
            SealSettings(config.stack().name, days),
            self._base.audit.began_on,
            self._base.now,
        )

    @cached_property
    def _seal_key(self) -> "ec.EllipticCurvePrivateKey":
        """Signs in KMS. Costs a round trip for the public key."""
        from certctl.connectors.aws.kms import load_seal_key

        return load_seal_key(self._base.client("kms"), config.audit_seals().key_arn)

    @cached_property
    def due_jobs(self) -> "DueJobs":
        from certctl.services.jobs.due import DueJobs

        base, changes = self._base, self._changes
        return DueJobs(changes.stores, changes.units, base.nudges, base.now)

    @cached_property
    def stale_agents(self) -> "StaleAgents":
        from certctl.services.agents.silence import StaleAgents
        from certctl.store.agents.roster import AgentRoster
        from certctl.store.insights.headcounts import HeadcountStore
        from certctl.store.insights.rollups import RollupStore
        from certctl.store.jobs.lists import JobIndexes

        roster = AgentRoster(self._base.database)
        return StaleAgents(
            self._changes.stores,
            self._changes.units,
            self._catalog.agent_states,
            roster,
            HeadcountStore(roster, RollupStore(self._base.database)),
            self._catalog.store,
            JobIndexes(self._base.database),
            self._base.now,
        )

    @cached_property
    def stale_crls(self) -> "StaleCrls":
        from certctl.services.agents.stale_crls import StaleCrls

        base, changes, catalog = self._base, self._changes, self._catalog
        routing = changes.routing.alert_routing
        return StaleCrls(changes.units, catalog.crl_reports, catalog.store, routing, base.actor, base.now)

    @cached_property
    def observed_alerts(self) -> "ObservedAlerts":
        from certctl.services.inventory.lost_issuances import LostIssuances
        from certctl.services.inventory.observed_alerts import ObservedAlerts
        from certctl.store.inventory.observed import ObservedStore

        base, changes = self._base, self._changes
        routing, lost = changes.routing.alert_routing, LostIssuances(base.database)
        observed = ObservedStore(base.database)
        return ObservedAlerts(changes.units, observed, lost, routing, base.actor, base.now)

    @cached_property
    def silent_scopes(self) -> "SilentScopes":
        from certctl.services.inventory.silent_scopes import SilentScopes
        from certctl.store.inventory.scopes import ScopeStore

        base, changes = self._base, self._changes
        routing = changes.routing.alert_routing
        return SilentScopes(changes.units, ScopeStore(base.database), routing, base.actor, base.now)

    @cached_property
    def inventory_census(self) -> "InventoryCensus":
        from certctl.services.inventory.census.ca_warnings import CaWarnings
        from certctl.services.inventory.census.counting import InventoryCensus
        from certctl.services.inventory.census.forgetting import Forgetting
        from certctl.store.inventory.ca_warnings import CaWarningStore
        from certctl.store.inventory.census import CensusStore
        from certctl.store.inventory.counted_rows import CountedRows
        from certctl.store.inventory.observed import ObservedStore

        base, changes, database = self._base, self._changes, self._base.database
        observed, made = ObservedStore(database), CertificateFactories(changes)
        routing, warnings = changes.routing.alert_routing, CaWarningStore(database)
        return InventoryCensus(
            CensusStore(database),
            CountedRows(database),
            observed,
            Forgetting(database, observed),
            CaWarnings(changes.units, warnings, routing, base.now),
            made.indexes,
            changes.stores.certificates,
            base.now,
        )

    @cached_property
    def weekly_digests(self) -> "WeeklyDigests":
        from certctl.compose.rooms.digests import DigestFactories
        from certctl.services.notifications.digests.weekly import WeeklyDigests
        from certctl.store.notifications.digests import DigestLog

        base, changes = self._base, self._changes
        made = DigestFactories(changes)
        return WeeklyDigests(
            changes.units,
            self._catalog.store,
            DigestLog(base.database),
            made.contents,
            changes.routing.alert_routing,
            made.dashboard_url,
            base.actor,
            base.now,
        )

    @cached_property
    def open_incidents(self) -> "OpenIncidents":
        from certctl.services.certificates.incidents import OpenIncidents
        from certctl.store.follow_ups import FollowUpStore
        from certctl.store.keys import OPEN_INCIDENTS

        return OpenIncidents(
            self._changes.stores,
            self._changes.units,
            FollowUpStore(self._base.database, OPEN_INCIDENTS),
            self._catalog.store,
            self._base.now,
        )

    @property
    def key_endings(self) -> "KeyEndings":
        return self._catalog.key_endings

    @property
    def eab_key_leaks(self) -> "EabKeyLeaks":
        return self._catalog.key_endings.eab_keys

    @cached_property
    def acme_endings(self) -> "AcmeEndings":
        from certctl.services.acme.endings import AcmeEndings

        return AcmeEndings(self._changes.stores, self._changes.units, self._base.now)

    @cached_property
    def unused_acme_accounts(self) -> "UnusedAccounts":
        from certctl.services.acme.unused_accounts import UnusedAccounts

        return UnusedAccounts(self._changes.units, self._base.now)

    @cached_property
    def rule_withdrawals(self) -> "RuleWithdrawals":
        from certctl.services.catalog.rule_withdrawals import RuleWithdrawals

        return RuleWithdrawals(self._catalog.records, self._base.now)

    @cached_property
    def key_follow_up(self) -> "KeyFollowUp":
        from certctl.services.revocation.keys import KeyFollowUp
        from certctl.store.follow_ups import FollowUpStore
        from certctl.store.keys import KEYS_TO_REFUSE

        marks = FollowUpStore(self._base.database, KEYS_TO_REFUSE)
        return KeyFollowUp(self._changes.stores, self._changes.units, marks, self._base.now)

    @cached_property
    def catalog_deletions(self) -> "CatalogDeletions":
        from certctl.services.catalog.deletions import CatalogDeletions

        return CatalogDeletions(self._catalog.records, self._catalog.retirements, self._base.now)

    @cached_property
    def policy_reviews(self) -> "PolicyReviews":
        from certctl.services.policies.reviews import PolicyReviews
        from certctl.store.follow_ups import FollowUpStore
        from certctl.store.keys import POLICY_REVIEW

        base = self._base
        marks = FollowUpStore(base.database, POLICY_REVIEW)
        return PolicyReviews(self._catalog.records, marks, base.now)

    @cached_property
    def name_exemptions(self) -> "NameExemptions":
        from certctl.services.policies.name_exemptions import NameExemptions
        from certctl.store.certificates.lists import CertificateIndexes
        from certctl.store.follow_ups import FollowUpStore
        from certctl.store.keys import NAMES_EDIT

        database = self._base.database
        return NameExemptions(
            self._changes.stores,
            self._changes.units,
            FollowUpStore(database, NAMES_EDIT),
            self._catalog.references,
            CertificateIndexes(database),
            self._base.now,
        )

    @cached_property
    def break_glass_watch(self) -> "BreakGlassWatch":
        from certctl.services.access.break_glass import BreakGlassWatch
        from certctl.store.access.api_keys import ApiKeyStore
        from certctl.store.access.break_glass import BreakGlassStore

        database, changes = self._base.database, self._changes
        routing = changes.routing.alert_routing
        keys, claims = ApiKeyStore(database), BreakGlassStore(database)
        return BreakGlassWatch(changes.units, keys, claims, routing, self._base.now)

    @cached_property
    def revocation_delays(self) -> "RevocationDelays":
        from certctl.services.status.watching.delays import RevocationDelays
        from certctl.store.status.watch_log import WatchLog

        base, changes = self._base, self._changes
        routing = changes.routing.alert_routing
        return RevocationDelays(changes.units, WatchLog(base.database), routing, base.actor, base.now)

    @cached_property
    def ca_upkeep(self) -> "CaLifecycle":
        from certctl.services.authorities.lifecycle import CaLifecycle
        from certctl.store.authorities.authorities import AuthorityStore

        base = self._base
        return CaLifecycle(
            self._changes.units,
            AuthorityStore(base.database),
            self._catalog.store,
            base.actor,
            base.now,
        )

    @cached_property
    def search_backfill(self) -> "SearchBackfill":
        from certctl.services.certificates.search_backfill import SearchBackfill

        made = CertificateFactories(self._changes)
        return SearchBackfill(made.indexes, made.search_entries, made.search_progress, self._base.now)

    @cached_property
    def renewal_stand_in(self) -> "FallbackRenewal":
        """Renews without alerts."""
        from certctl.domain.renewal.planning import DueAlerts
        from certctl.services.renewal.fallback import FallbackRenewal

        renewal, now = RenewalFactories(self._changes), self._base.now

        def renew(remaining: "timedelta") -> int:
            ends = now() + remaining
            return renewal.schedule(lambda *_: DueAlerts()).run(lambda: ends - now()).done["renewed"]

        return FallbackRenewal(renewal.runs, renew, now)

    @cached_property
    def recounting(self) -> "CounterRecount":
        from certctl.services.insights.recounting import CounterRecount

        return CounterRecount(self._changes.units, self._base.actor, self._base.now)

    @cached_property
    def margin(self) -> "Margin":
        from certctl.domain.insights.margins import MAINTENANCE
        from certctl.services.insights.margins import Margin

        return Margin(MAINTENANCE)

    @cached_property
    def standstill(self) -> "StandstillWatch":
        from certctl.domain.insights.margins import LONGEST_SILENCE, longest_silence
        from certctl.services.insights.margin_watch import StandstillWatch
        from certctl.store.insights.margins import RunLog

        base = self._base
        chosen = {name: longest_silence(name, config.rate_of(name)) for name in _CHOSEN_RATES}
        consumed = (*_CONSUMED, "acme_validations") if config.has_acme_server() else _CONSUMED
        standing = {name: base.queue(name).stands_still for name in consumed}
        longest = {**LONGEST_SILENCE, **chosen}
        return StandstillWatch(RunLog(base.database), longest, standing, ("retry_sweep_schedule",), base.now)

    @cached_property
    def cause_alerts(self) -> "CauseAlerts":
        from certctl.services.insights.margin_watch import CauseAlerts
        from certctl.store.insights.margins import CauseLog

        base, changes = self._base, self._changes
        routing = changes.routing.alert_routing
        return CauseAlerts(changes.units, CauseLog(base.database), routing, base.actor, base.now)
