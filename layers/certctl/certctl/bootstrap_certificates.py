"""Composition of the use cases on certificates. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from certctl.services.certificates.certificates import Certificates
    from certctl.services.certificates.lists import CertificateLists
    from certctl.services.certificates.search_backfill import SearchBackfill
    from certctl.services.certificates.search_coverage import SearchCoverage
    from certctl.services.issuing.requests import Issuance
    from certctl.services.issuing.signing_requests import SigningRequests
    from certctl.services.revocation.revocation import RevocationService
    from certctl.services.status.lists import RevocationLists
    from certctl.store.certificates.search_entries import SearchEntries
    from certctl.store.certificates.search_progress import SearchProgress
    from certctl.unit_of_work.certificates.admission import Admission


@cache
def certificates() -> "Certificates":
    from certctl.services.certificates.certificates import Certificates

    return Certificates(bootstrap.stores(), bootstrap.references(), bootstrap.policy_gate(), bootstrap.now)


@cache
def admission() -> "Admission":
    from certctl.unit_of_work.certificates.admission import Admission

    return Admission(bootstrap.stores(), bootstrap.references())


@cache
def issuance() -> "Issuance":
    from certctl.services.issuing.requests import Issuance

    return Issuance(
        bootstrap.stores(),
        bootstrap.references(),
        admission(),
        bootstrap.policy_gate(),
        bootstrap.nudge_job,
        bootstrap.now,
    )


@cache
def signing_requests() -> "SigningRequests":
    from certctl.services.issuing.signing_requests import SigningRequests

    return SigningRequests(
        bootstrap.stores(),
        admission(),
        bootstrap.policy_gate(),
        bootstrap.nudge_job,
        bootstrap.now,
    )


@cache
def revoking() -> "RevocationService":
    from certctl.services.revocation.revocation import Nudges, RevocationService

    return RevocationService(
        bootstrap.stores(),
        Nudges(bootstrap.nudge_crl, bootstrap.nudge_notifications, bootstrap.nudge_external_job),
        bootstrap.now,
    )


@cache
def certificate_lists() -> "CertificateLists":
    from certctl.services.certificates.lists import CertificateLists
    from certctl.store.certificates.lists import CertificateIndexes

    return CertificateLists(CertificateIndexes(bootstrap.database()), bootstrap.now)


@cache
def search_progress() -> "SearchProgress":
    from certctl.store.certificates.search_progress import SearchProgress

    return SearchProgress(bootstrap.database())


@cache
def search_entries() -> "SearchEntries":
    from certctl.store.certificates.search_entries import SearchEntries

    return SearchEntries(bootstrap.database())


@cache
def search_coverage() -> "SearchCoverage":
    from certctl.services.certificates.search_coverage import SearchCoverage

    return SearchCoverage(search_progress(), search_entries())


@cache
def search_backfill() -> "SearchBackfill":
    from certctl.services.certificates.search_backfill import SearchBackfill
    from certctl.store.certificates.lists import CertificateIndexes

    indexes = CertificateIndexes(bootstrap.database())
    return SearchBackfill(indexes, search_entries(), search_progress(), bootstrap.now)


@cache
def revocation_lists() -> "RevocationLists":
    from certctl.services.status.lists import RevocationLists
    from certctl.store.certificates.lists import CertificateIndexes
    from certctl.store.revocation.revocations import RevocationStore

    indexes = CertificateIndexes(bootstrap.database())
    return RevocationLists(
        bootstrap.authority_store(), RevocationStore(bootstrap.database()), indexes, bootstrap.now
    )
