"""Composes agents_api: what agents call."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.access import AccessFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.certificates import CertificateFactories
from certctl.compose.rooms.changes import ChangeFactories

if TYPE_CHECKING:
    from certctl.compose.rooms.probes import ProbeFactories
    from certctl.services.agents.crl_bundles import CrlBundles
    from certctl.services.agents.deployment_jobs import DeploymentJobs
    from certctl.services.agents.polling import AgentWork
    from certctl.services.agents.registration import AgentRegistration
    from certctl.services.agents.versions import DeployableVersions
    from certctl.services.inventory.agent_probes import AgentProbes
    from certctl.services.issuing.signing_requests import SigningRequests


class AgentsApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self.access = AccessFactories(self._base)

    @property
    def registration(self) -> "AgentRegistration":
        return self._changes.catalog.registration

    @cached_property
    def agent_work(self) -> "AgentWork":
        from certctl.services.agents.polling import AgentStores, AgentWork
        from certctl.store.jobs.lists import JobIndexes

        catalog = self._changes.catalog
        stores = AgentStores(
            units=self._changes.units,
            states=catalog.agent_states,
            consents=catalog.agent_consents,
            keys=self.access.key_store,
            subjects=self.access.subject_store,
            jobs=JobIndexes(self._base.database),
            catalog=catalog.store,
            book=catalog.cached,
        )
        return AgentWork(stores, self._crl_bundles, self._base.now)

    @property
    def _crl_bundles(self) -> "CrlBundles":
        from certctl.services.agents.crl_bundles import CrlBundles
        from certctl.unit_of_work.agents.targets import AgentTargets

        catalog = self._changes.catalog
        return CrlBundles(catalog.store, AgentTargets(catalog.cached), catalog.crl_reports)

    @cached_property
    def deployments(self) -> "DeploymentJobs":
        from certctl.services.agents.deployment_jobs import DeploymentJobs

        base, changes, states = self._base, self._changes, self._changes.catalog.agent_states
        watching = self._probes.target_endpoints if config.has_inventory() else None
        return DeploymentJobs(changes.stores, changes.units, states, base.now, base.random, watching)

    @cached_property
    def deployable_versions(self) -> "DeployableVersions":
        from certctl.services.agents.versions import DeployableVersions

        return DeployableVersions(self._changes.stores)

    @cached_property
    def agent_probes(self) -> "AgentProbes":
        from certctl.services.inventory.agent_probes import AgentProbes

        made = self._probes
        return AgentProbes(made.orders, made.scopes, made.reports, made.followed_targets, self._base.now)

    @cached_property
    def _probes(self) -> "ProbeFactories":
        from certctl.compose.rooms.probes import ProbeFactories

        return ProbeFactories(self._base, self._changes)

    @property
    def signing_requests(self) -> "SigningRequests":
        return CertificateFactories(self._changes).signing_requests
