"""Composes certificates_api: certificates asked for, read, renewed, revoked."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.access import AccessFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.certificates import CertificateFactories
from certctl.compose.rooms.changes import ChangeFactories

if TYPE_CHECKING:
    from certctl.api.certificates.views import CertificateViews
    from certctl.services.agents.deployment_requests import DeploymentRequests
    from certctl.services.certificates.certificates import Certificates
    from certctl.services.certificates.lists import CertificateLists
    from certctl.services.certificates.reading import CertificateReads
    from certctl.services.certificates.search_coverage import SearchCoverage
    from certctl.services.issuing.requests import Issuance
    from certctl.services.issuing.signing_requests import SigningRequests
    from certctl.services.revocation.bulk_requests import BulkRevocations
    from certctl.services.revocation.campaign_names import CampaignNames
    from certctl.services.revocation.campaigns import Campaigns
    from certctl.services.revocation.key_uses import KeyUseReads
    from certctl.services.status.known_cas import KnownCas
    from certctl.services.status.lists import RevocationLists
    from certctl.services.status.records import RevocationRecords
    from certctl.services.status.revocations import RevocationPublications
    from certctl.store.acme.accounts import AcmeAccountStore
    from certctl.store.certificates.certificates import CertificateStore
    from certctl.store.revocation.working_campaigns import WorkingCampaigns
    from certctl.unit_of_work.revoking import Revoking


class CertificatesApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self._certificates = CertificateFactories(self._changes)
        self.access = AccessFactories(self._base)
        self.now = self._base.now

    @cached_property
    def reads(self) -> "CertificateReads":
        from certctl.services.certificates.reading import CertificateReads
        from certctl.store.revocation.revocations import RevocationStore
        from certctl.store.revocation.working_list import WorkingList

        database = self._base.database
        return CertificateReads(
            self._certificate_store,
            RevocationStore(database),
            WorkingList(database),
            lambda: self._working_campaigns,
            lambda: self._acme_accounts,
        )

    @cached_property
    def _working_campaigns(self) -> "WorkingCampaigns":
        from certctl.store.revocation.working_campaigns import WorkingCampaigns

        return WorkingCampaigns(self._base.database)

    @cached_property
    def _acme_accounts(self) -> "AcmeAccountStore":
        """Few certificates have a client of ACME."""
        from certctl.store.acme.accounts import AcmeAccountStore

        return AcmeAccountStore(self._base.database)

    @cached_property
    def _certificate_store(self) -> "CertificateStore":
        """Without the stores of changes, which load all that a change may touch."""
        from certctl.store.certificates.certificates import CertificateStore

        return CertificateStore(self._base.database, self._changes.catalog.renewal_policy)

    @cached_property
    def certificates(self) -> "Certificates":
        from certctl.services.certificates.certificates import Certificates

        changes = self._changes
        return Certificates(
            changes.stores,
            changes.units,
            changes.catalog.references,
            changes.policy_enforcement,
            self._certificates.archiving,
            self.now,
        )

    @property
    def issuance(self) -> "Issuance":
        return self._certificates.issuance

    @property
    def signing_requests(self) -> "SigningRequests":
        return self._certificates.signing_requests

    @property
    def revocation(self) -> "Revoking":
        return self._certificates.revocation

    @cached_property
    def bulk_revocations(self) -> "BulkRevocations":
        from certctl.services.revocation.bulk_requests import BulkRevocations

        selections = self._certificates.bulk_selections
        return BulkRevocations(self._changes.units, selections, self.now)

    @cached_property
    def campaigns(self) -> "Campaigns":
        from certctl.services.revocation.campaigns import Campaigns
        from certctl.store.revocation.campaigns import CampaignStore

        base, changes = self._base, self._changes
        return Campaigns(changes.stores, changes.units, CampaignStore(base.database), base.nudges, self.now)

    @cached_property
    def campaign_names(self) -> "CampaignNames":
        from certctl.services.revocation.campaign_names import CampaignNames
        from certctl.store.audit.names import RecordNames
        from certctl.store.jobs.lists import JobIndexes

        database = self._base.database
        return CampaignNames(RecordNames(database), JobIndexes(database))

    @cached_property
    def key_uses(self) -> "KeyUseReads":
        from certctl.services.revocation.key_uses import KeyUseReads
        from certctl.store.inventory.lists import ObservedIndexes
        from certctl.store.issuing.serials import SerialStore
        from certctl.store.revocation.campaigns import CampaignStore

        database = self._base.database
        campaigns, observed = CampaignStore(database), ObservedIndexes(database)
        return KeyUseReads(self._changes.stores, SerialStore(database), campaigns, observed)

    @cached_property
    def certificate_lists(self) -> "CertificateLists":
        from certctl.services.certificates.lists import CertificateLists

        return CertificateLists(self._certificates.indexes, self.now, self._changes.catalog.cached)

    @cached_property
    def views(self) -> "CertificateViews":
        from certctl.api.certificates.views import CertificateViews

        return CertificateViews(lambda: self._changes.catalog.cached.renewal_policies(), self.now)

    @cached_property
    def search_coverage(self) -> "SearchCoverage":
        from certctl.services.certificates.search_coverage import SearchCoverage

        return SearchCoverage(self._certificates.search_progress, self._certificates.search_entries)

    @property
    def deployment_requests(self) -> "DeploymentRequests":
        return self._certificates.deployment_requests

    @cached_property
    def revocation_lists(self) -> "RevocationLists":
        from certctl.services.status.lists import RevocationLists

        stores = self._changes.stores
        return RevocationLists(
            self._known_cas, stores.authorities, stores.revocations, self._certificates.indexes
        )

    @cached_property
    def revocation_records(self) -> "RevocationRecords":
        from certctl.services.status.known_cas import RevocationSources
        from certctl.services.status.records import RevocationRecords
        from certctl.store.issuing.serials import SerialStore

        stores = self._changes.stores
        return RevocationRecords(
            RevocationSources(self._known_cas, self._changes.catalog.store),
            SerialStore(stores.database),
            stores.revocations,
            self._certificates.indexes,
            self.revocation_publications,
        )

    @cached_property
    def revocation_publications(self) -> "RevocationPublications":
        from certctl.services.status.revocations import RevocationPublications
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.revocation.revocations import RevocationStore
        from certctl.store.status.crl_changes import CrlChangeStore
        from certctl.store.status.crl_log import CrlLog

        database = self._base.database
        return RevocationPublications(
            self._certificate_store,
            AuthorityStore(database),
            RevocationStore(database),
            CrlChangeStore(database),
            CrlLog(database),
        )

    @cached_property
    def _known_cas(self) -> "KnownCas":
        from certctl.services.status.known_cas import KnownCas

        return KnownCas(self._changes.stores.authorities, self.now)
