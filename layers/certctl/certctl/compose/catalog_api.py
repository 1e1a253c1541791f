"""Composes catalog_api: configuration records and API keys."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.access import AccessFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.catalog import CatalogFactories

if TYPE_CHECKING:
    from certctl.api.certificates.views import CertificateViews
    from certctl.connectors.acme.binding_macs import BindingMacs
    from certctl.domain.catalog.kinds import CatalogKinds
    from certctl.services.access.api_keys import ApiKeys
    from certctl.services.acme.administered import AcmeRecords
    from certctl.services.acme.eab_keys import EabKeys
    from certctl.services.agents.agents import Agents
    from certctl.services.agents.registration import AgentRegistration
    from certctl.services.authorities.overview import Authorities
    from certctl.services.authorities.uses import CaUseReads
    from certctl.services.catalog.checks import CatalogChecks
    from certctl.services.catalog.issuer_tests import IssuerTests
    from certctl.services.catalog.reading import CatalogReading
    from certctl.services.catalog.records import Catalog
    from certctl.services.catalog.stated import StatedRecords
    from certctl.services.policies.name_previews import NamePreviews
    from certctl.services.policies.previews import PolicyPreviews
    from certctl.services.policies.violations import Violations

_TRIAL_SECONDS = 25


class CatalogApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._catalog = CatalogFactories(self._base)
        self.access = AccessFactories(self._base)
        self.now = self._base.now

    @cached_property
    def api_keys(self) -> "ApiKeys":
        from certctl.services.access.account_keys import Accounts
        from certctl.services.access.api_keys import ApiKeys

        access, catalog = self.access, self._catalog
        return ApiKeys(
            catalog.units,
            access.key_store,
            access.subject_store,
            catalog.key_endings,
            self._base.audit,
            Accounts(catalog.store),
            self.now,
        )

    @cached_property
    def eab_keys(self) -> "EabKeys":
        from certctl.services.acme.eab_keys import EabKeys

        catalog = self._catalog
        return EabKeys(catalog.units, catalog.store, catalog.cached, self._binding_macs, self.now)

    def _binding_macs(self) -> "BindingMacs":
        """Raises Conflict in a stack without an ACME server."""
        from certctl.connectors.acme.binding_macs import BindingMacs
        from certctl.domain.errors import Conflict

        key_arn = config.acme().binding_key_arn
        if not key_arn:
            raise Conflict("This stack has no ACME server: deploy it with the parameter AcmeServer=true.")
        return BindingMacs(self._base.client("kms"), key_arn)

    @cached_property
    def acme_records(self) -> "AcmeRecords":
        from certctl.services.acme.administered import AcmeRecords

        return AcmeRecords(self._catalog.units, self.now)

    @property
    def acme_directory_url(self) -> str | None:
        host = config.acme().host_name
        return f"https://{host}/acme/directory" if host else None

    @cached_property
    def views(self) -> "CertificateViews":
        from certctl.api.certificates.views import CertificateViews

        return CertificateViews(self._catalog.cached.renewal_policies, self.now)

    @property
    def registration(self) -> "AgentRegistration":
        return self._catalog.registration

    @property
    def catalog_kinds(self) -> "CatalogKinds":
        return self._catalog.store.kinds

    @cached_property
    def _stated(self) -> "StatedRecords":
        from certctl.services.catalog.stated import StatedRecords
        from certctl.store.catalog.issuer_health import IssuerContactStore

        catalog = self._catalog
        return StatedRecords(
            catalog.store,
            catalog.agent_states,
            IssuerContactStore(self._base.database),
            catalog.agent_consents,
            catalog.crl_reports,
            lambda: catalog.policy_evaluations,
        )

    @cached_property
    def catalog_reading(self) -> "CatalogReading":
        from certctl.services.catalog.reading import CatalogReading

        return CatalogReading(self._stated, self._base.database, self.now)

    @cached_property
    def catalog(self) -> "Catalog":
        from certctl.services.catalog.records import Catalog

        return Catalog(self._catalog.records, self._stated, self.now)

    @cached_property
    def agents(self) -> "Agents":
        from certctl.services.agents.agents import Agents

        catalog, access = self._catalog, self.access
        return Agents(catalog.records, access.key_store, access.subject_store, catalog.retirements, self.now)

    @cached_property
    def tests(self) -> "CatalogChecks":
        from certctl.services.catalog.checks import CatalogChecks
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.certificates.certificates import CertificateStore

        database, catalog = self._base.database, self._catalog
        return CatalogChecks(
            catalog.records,
            AuthorityStore(database),
            CertificateStore(database),
            self._issuer_testing,
            self.now,
        )

    @cached_property
    def authorities(self) -> "Authorities":
        from certctl.services.authorities.overview import Authorities
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.authorities.changes import AuthorityChanges

        database, catalog = self._base.database, self._catalog.store
        return Authorities(AuthorityStore(database), AuthorityChanges(database), catalog)

    @cached_property
    def authority_uses(self) -> "CaUseReads":
        from certctl.services.authorities.uses import CaUseReads
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.certificates.certificates import CertificateStore
        from certctl.store.certificates.lists import CertificateIndexes

        database = self._base.database
        stores = AuthorityStore(database), CertificateStore(database), CertificateIndexes(database)
        return CaUseReads(*stores, self.now)

    @property
    def stack(self) -> config.StackConfig:
        return config.stack()

    @property
    def _issuer_testing(self) -> "IssuerTests":
        """The worker's one request takes 15 s at most, after names were resolved."""
        from certctl.connectors.aws.functions import Function
        from certctl.services.catalog.issuer_tests import IssuerTests

        client = self._base.new_client("lambda", read_seconds=_TRIAL_SECONDS, attempts=1)
        return IssuerTests(Function(client, config.function_name("external_issuer_worker")))

    @cached_property
    def policy_previews(self) -> "PolicyPreviews":
        from certctl.services.policies.previews import PolicyPreviews
        from certctl.store.certificates.lists import CertificateIndexes

        catalog = self._catalog
        return PolicyPreviews(
            catalog.records, CertificateIndexes(self._base.database), catalog.counters, self.now
        )

    @cached_property
    def name_previews(self) -> "NamePreviews":
        from certctl.services.policies.name_previews import NamePreviews
        from certctl.store.certificates.lists import CertificateIndexes

        catalog = self._catalog
        return NamePreviews(
            catalog.records, CertificateIndexes(self._base.database), catalog.counters, self.now
        )

    @cached_property
    def violations(self) -> "Violations":
        from certctl.services.policies.violations import Violations
        from certctl.store.policies.violations import ViolationStore

        return Violations(ViolationStore(self._base.database), self._catalog.store, self.now)
