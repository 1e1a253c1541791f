"""Composition of what agents do, and of what is done for them. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, bootstrap_catalog

if TYPE_CHECKING:
    from certctl.services.agents.deployment_jobs import DeploymentJobs
    from certctl.services.agents.deployment_requests import DeploymentRequests
    from certctl.services.agents.polling import AgentWork
    from certctl.services.agents.registration import AgentRegistration
    from certctl.services.agents.silence import StaleAgents
    from certctl.services.agents.versions import DeployableVersions
    from certctl.services.certificates.incidents import OpenIncidents


@cache
def registration() -> "AgentRegistration":
    from certctl.services.agents.registration import AgentRegistration, RegistrationStores
    from certctl.store.agents.tokens import BootstrapTokenStore

    stores = RegistrationStores(
        bootstrap_catalog.catalog_records(),
        bootstrap.api_key_store(),
        BootstrapTokenStore(bootstrap.database()),
        bootstrap_catalog.agent_states(),
    )
    return AgentRegistration(stores, bootstrap.now)


@cache
def agent_work() -> "AgentWork":
    from certctl.services.agents.polling import AgentStores, AgentWork
    from certctl.store.jobs.lists import JobIndexes

    stores = AgentStores(
        database=bootstrap.database(),
        states=bootstrap_catalog.agent_states(),
        consents=bootstrap_catalog.agent_consents(),
        keys=bootstrap.api_key_store(),
        jobs=JobIndexes(bootstrap.database()),
        catalog=bootstrap.catalog_store(),
        book=bootstrap.catalog_book(),
        audit=bootstrap.audit_store(),
    )
    return AgentWork(stores, bootstrap.now)


@cache
def deploying() -> "DeploymentJobs":
    import random

    from certctl.services.agents.deployment_jobs import DeploymentJobs

    return DeploymentJobs(
        bootstrap.stores(),
        bootstrap_catalog.agent_states(),
        bootstrap.nudge_notifications,
        bootstrap.now,
        random.random,
    )


@cache
def deployable_versions() -> "DeployableVersions":
    from certctl.services.agents.versions import DeployableVersions

    return DeployableVersions(bootstrap.stores())


@cache
def deployment_requests() -> "DeploymentRequests":
    from certctl.services.agents.deployment_requests import DeploymentRequests
    from certctl.store.jobs.lists import JobIndexes

    return DeploymentRequests(bootstrap.stores(), JobIndexes(bootstrap.database()), bootstrap.now)


@cache
def stale_agents() -> "StaleAgents":
    from certctl.services.agents.silence import StaleAgents
    from certctl.store.jobs.lists import JobIndexes

    return StaleAgents(
        bootstrap.stores(),
        bootstrap_catalog.agent_states(),
        bootstrap.catalog_store(),
        JobIndexes(bootstrap.database()),
        bootstrap.nudge_notifications,
        bootstrap.now,
    )


@cache
def open_incidents() -> "OpenIncidents":
    from certctl.services.certificates.incidents import OpenIncidents
    from certctl.store.follow_ups import FollowUpStore
    from certctl.store.keys import OPEN_INCIDENTS

    return OpenIncidents(
        bootstrap.stores(),
        FollowUpStore(bootstrap.database(), OPEN_INCIDENTS),
        bootstrap.catalog_store(),
        bootstrap.nudge_notifications,
        bootstrap.now,
    )
