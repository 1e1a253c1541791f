"""Use cases on certificates that several functions run."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.agents.deployment_requests import DeploymentRequests
    from certctl.services.issuing.requests import Issuance
    from certctl.services.issuing.signing_requests import SigningRequests
    from certctl.services.revocation.bulk_selections import BulkSelections
    from certctl.store.certificates.lists import CertificateIndexes
    from certctl.store.certificates.search_entries import SearchEntries
    from certctl.store.certificates.search_progress import SearchProgress
    from certctl.unit_of_work.certificates.admission import Admission
    from certctl.unit_of_work.certificates.archiving import Archiving
    from certctl.unit_of_work.issuing.starting import IssuanceStarts
    from certctl.unit_of_work.revoking import Revoking


class CertificateFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self._base = changes.base
        self._changes = changes

    @cached_property
    def indexes(self) -> "CertificateIndexes":
        from certctl.store.certificates.lists import CertificateIndexes

        return CertificateIndexes(self._base.database)

    @cached_property
    def admission(self) -> "Admission":
        from certctl.unit_of_work.certificates.admission import Admission

        return Admission(self._changes.stores, self._changes.catalog.references)

    @cached_property
    def signing_requests(self) -> "SigningRequests":
        from certctl.services.issuing.signing_requests import SigningRequests

        changes, base = self._changes, self._base
        return SigningRequests(
            changes.stores, changes.units, self.admission, changes.policy_enforcement, base.nudges, base.now
        )

    @cached_property
    def issuance(self) -> "Issuance":
        from certctl.services.issuing.requests import Issuance

        changes = self._changes
        return Issuance(
            changes.stores,
            self.starts,
            changes.catalog.references,
            self.admission,
            changes.policy_enforcement,
            self._base.now,
        )

    @cached_property
    def starts(self) -> "IssuanceStarts":
        from certctl.unit_of_work.issuing.starting import IssuanceStarts

        changes = self._changes
        return IssuanceStarts(changes.stores, changes.units, changes.catalog.references)

    @cached_property
    def archiving(self) -> "Archiving":
        from certctl.unit_of_work.certificates.archiving import Archiving

        changes = self._changes
        return Archiving(
            changes.stores, changes.units, changes.catalog.references, changes.policy_enforcement
        )

    @cached_property
    def deployment_requests(self) -> "DeploymentRequests":
        from certctl.services.agents.deployment_requests import DeploymentRequests
        from certctl.store.jobs.lists import JobIndexes

        changes, base = self._changes, self._base
        return DeploymentRequests(changes.stores, changes.units, JobIndexes(base.database), base.now)

    @cached_property
    def revocation(self) -> "Revoking":
        if self._base.overrides.revocation is not None:
            return self._base.overrides.revocation
        from certctl.unit_of_work.revoking import Revoking

        base, changes = self._base, self._changes
        return Revoking(changes.stores, changes.units, base.nudges, base.now)

    @cached_property
    def bulk_selections(self) -> "BulkSelections":
        from certctl.services.revocation.bulk_selections import BulkSelections

        return BulkSelections(self.indexes)

    @cached_property
    def search_progress(self) -> "SearchProgress":
        from certctl.store.certificates.search_progress import SearchProgress

        return SearchProgress(self._base.database)

    @cached_property
    def search_entries(self) -> "SearchEntries":
        from certctl.store.certificates.search_entries import SearchEntries

        return SearchEntries(self._base.database)
