"""Composition of the use cases on certificates. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from certctl.services.certificate_lists import CertificateLists
    from certctl.services.certificates import Certificates
    from certctl.services.issuance import Issuance
    from certctl.services.revocation import RevocationService
    from certctl.services.revocation_lists import RevocationLists
    from certctl.services.search_backfill import SearchBackfill
    from certctl.services.search_coverage import SearchCoverage
    from certctl.services.signing_requests import SigningRequests
    from certctl.store.admission import Admission
    from certctl.store.search_entries import SearchEntries
    from certctl.store.search_progress import SearchProgress


@cache
def certificates() -> "Certificates":
    from certctl.services.certificates import Certificates

    return Certificates(bootstrap.stores(), bootstrap.references(), bootstrap.policy_gate(), bootstrap.now)


@cache
def admission() -> "Admission":
    from certctl.store.admission import Admission

    return Admission(bootstrap.stores(), bootstrap.references())


@cache
def issuance() -> "Issuance":
    from certctl.services.issuance import Issuance

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
    from certctl.services.signing_requests import SigningRequests

    return SigningRequests(
        bootstrap.stores(),
        admission(),
        bootstrap.policy_gate(),
        bootstrap.nudge_job,
        bootstrap.now,
    )


@cache
def revoking() -> "RevocationService":
    from certctl.services.revocation import Nudges, RevocationService

    return RevocationService(
        bootstrap.stores(),
        Nudges(bootstrap.nudge_crl, bootstrap.nudge_notifications, bootstrap.nudge_external_job),
        bootstrap.now,
    )


@cache
def certificate_lists() -> "CertificateLists":
    from certctl.services.certificate_lists import CertificateLists
    from certctl.store.certificate_lists import CertificateIndexes

    return CertificateLists(CertificateIndexes(bootstrap.database()), bootstrap.now)


@cache
def search_progress() -> "SearchProgress":
    from certctl.store.search_progress import SearchProgress

    return SearchProgress(bootstrap.database())


@cache
def search_entries() -> "SearchEntries":
    from certctl.store.search_entries import SearchEntries

    return SearchEntries(bootstrap.database())


@cache
def search_coverage() -> "SearchCoverage":
    from certctl.services.search_coverage import SearchCoverage

    return SearchCoverage(search_progress(), search_entries())


@cache
def search_backfill() -> "SearchBackfill":
    from certctl.services.search_backfill import SearchBackfill
    from certctl.store.certificate_lists import CertificateIndexes

    indexes = CertificateIndexes(bootstrap.database())
    return SearchBackfill(indexes, search_entries(), search_progress(), bootstrap.now)


@cache
def revocation_lists() -> "RevocationLists":
    from certctl.services.revocation_lists import RevocationLists
    from certctl.store.certificate_lists import CertificateIndexes
    from certctl.store.revocations import RevocationStore

    indexes = CertificateIndexes(bootstrap.database())
    return RevocationLists(
        bootstrap.authority_store(), RevocationStore(bootstrap.database()), indexes, bootstrap.now
    )
