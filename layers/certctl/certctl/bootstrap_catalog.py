"""Composition of the catalog's use cases: for catalog_api, maintenance_schedule and stack_admin."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, config

if TYPE_CHECKING:
    from certctl.services.agents.agents import Agents
    from certctl.services.catalog.checks import CatalogChecks
    from certctl.services.catalog.defaults import CatalogDefaults
    from certctl.services.catalog.deletions import CatalogDeletions
    from certctl.services.catalog.issuer_tests import IssuerTests
    from certctl.services.catalog.issuers import CatalogIssuers
    from certctl.services.catalog.records import Catalog
    from certctl.services.policies.reviews import PolicyReviews
    from certctl.services.policies.violations import Violations
    from certctl.store.agents.consents import AgentConsentStore
    from certctl.store.agents.states import AgentStateStore
    from certctl.unit_of_work.agents.retirements import Retirements
    from certctl.unit_of_work.catalog import CatalogRecords
    from certctl.unit_of_work.policies.evaluations import PolicyEvaluations

_TRIAL_SECONDS = 25


@cache
def catalog_records() -> "CatalogRecords":
    from certctl.store.catalog.issuer_health import IssuerContactStore
    from certctl.store.catalog.usage import CatalogUsage
    from certctl.unit_of_work.catalog import CatalogRecords

    database, store = bootstrap.database(), bootstrap.catalog_store()
    return CatalogRecords(
        database=database,
        catalog=store,
        book=bootstrap.catalog_book(),
        usage=CatalogUsage(database, store, bootstrap.now),
        audit=bootstrap.audit_store(),
        agent_states=agent_states(),
        issuer_contacts=IssuerContactStore(database),
        agent_consents=agent_consents(),
        evaluations=policy_evaluations(),
        stack=config.stack().name,
    )


@cache
def agent_states() -> "AgentStateStore":
    from certctl.store.agents.states import AgentStateStore

    return AgentStateStore(bootstrap.database())


@cache
def agent_consents() -> "AgentConsentStore":
    from certctl.store.agents.consents import AgentConsentStore

    return AgentConsentStore(bootstrap.database())


@cache
def catalog() -> "Catalog":
    from certctl.services.catalog.records import Catalog

    return Catalog(catalog_records(), bootstrap.nudge_jobs, bootstrap.now)


@cache
def policy_evaluations() -> "PolicyEvaluations":
    from certctl.store.jobs.jobs import JobStore
    from certctl.store.policies.states import PolicyStateStore
    from certctl.unit_of_work.policies.evaluations import PolicyEvaluations

    database = bootstrap.database()
    return PolicyEvaluations(JobStore(database), PolicyStateStore(database), bootstrap.counter_store())


@cache
def policy_reviews() -> "PolicyReviews":
    from certctl.services.policies.reviews import PolicyReviews
    from certctl.store.follow_ups import FollowUpStore
    from certctl.store.keys import POLICY_REVIEW

    follow_ups = FollowUpStore(bootstrap.database(), POLICY_REVIEW)
    return PolicyReviews(catalog_records(), follow_ups, bootstrap.nudge_jobs, bootstrap.now)


@cache
def agents() -> "Agents":
    from certctl.services.agents.agents import Agents

    return Agents(catalog_records(), bootstrap.api_key_store(), _retirements(), bootstrap.now)


@cache
def catalog_testing() -> "CatalogChecks":
    from certctl.services.catalog.checks import CatalogChecks
    from certctl.store.certificates.certificates import CertificateStore
    from certctl.store.policies.lifetimes import longest_lifetime

    return CatalogChecks(
        catalog_records(),
        bootstrap.authority_store(),
        CertificateStore(bootstrap.database()),
        issuer_testing().fault_of,
        lambda: longest_lifetime(bootstrap.catalog_store()),
        bootstrap.now,
    )


@cache
def issuer_testing() -> "IssuerTests":
    """The worker's one request takes 15 s at most, after names were resolved."""
    from certctl.connectors.aws.clients import make_client
    from certctl.connectors.aws.functions import Function
    from certctl.services.catalog.issuer_tests import IssuerTests

    client = make_client("lambda", config.stack().region, read_seconds=_TRIAL_SECONDS, attempts=1)
    return IssuerTests(Function(client, config.function_name("external_issuer_worker")).call)


@cache
def catalog_deletions() -> "CatalogDeletions":
    from certctl.services.catalog.deletions import CatalogDeletions

    return CatalogDeletions(catalog_records(), _retirements(), bootstrap.now)


@cache
def _retirements() -> "Retirements":
    from certctl.unit_of_work.agents.retirements import Retirements

    return Retirements(catalog_records(), bootstrap.api_key_store(), bootstrap.now)


@cache
def catalog_defaults() -> "CatalogDefaults":
    from certctl.services.catalog.defaults import CatalogDefaults

    return CatalogDefaults(catalog_records(), bootstrap.now)


@cache
def catalog_issuers() -> "CatalogIssuers":
    from certctl.services.catalog.issuers import CatalogIssuers

    return CatalogIssuers(catalog_records(), bootstrap.now)


@cache
def violations() -> "Violations":
    from certctl.domain.catalog.records import Kind
    from certctl.services.policies.violations import Violations
    from certctl.store.catalog.cache import MAX_POLICIES

    def policy_ids() -> list[str]:
        page = bootstrap.catalog_store().page(Kind.POLICY, None, MAX_POLICIES)
        return [policy.id for policy in page.entries]

    return Violations(bootstrap.violation_store(), policy_ids, bootstrap.now)
