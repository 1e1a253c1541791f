"""Counters, lists and records after random histories through the services: one number for each status."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.filters import CertificateFilter
from certctl.domain.certificates.statuses import Lifecycle, Status
from certctl.services.certificates.lists import CertificateLists
from certctl.services.insights.insights import Insights
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from tests.support.agents.fleet import every_page
from tests.support.functions.control_plane import ADMIN, ControlPlane

WORLDS, NIGHTLY_WORLDS, HISTORIES, STEPS = 6, 14, 15, 5
WAITS = tuple(timedelta(hours=hours) for hours in (1, 7, 30, 24 * 5, 24 * 20))


def _issue(plane: ControlPlane, certificate: Certificate) -> None:
    plane.rekeyed(certificate.id)


def _begin_renewal(plane: ControlPlane, certificate: Certificate) -> None:
    plane.issuance.renew(ADMIN, certificate.id, None)


def _cancel(plane: ControlPlane, certificate: Certificate) -> None:
    plane.jobs.cancel(ADMIN, str(certificate.open_job_id))


def _hold(plane: ControlPlane, certificate: Certificate) -> None:
    plane.revoked(certificate.id, "certificateHold")


def _unhold(plane: ControlPlane, certificate: Certificate) -> None:
    plane.revoking.unhold(ADMIN, certificate.id)


def _revoke(plane: ControlPlane, certificate: Certificate) -> None:
    plane.revoked(certificate.id, "superseded")


def _archive(plane: ControlPlane, certificate: Certificate) -> None:
    plane.certificates.archive(ADMIN, certificate.id, keep_valid=True)


def _may_begin(certificate: Certificate) -> bool:
    return certificate.may_be_issued and certificate.open_job_id is None


def _may_be_cancelled(certificate: Certificate) -> bool:
    return certificate.may_be_issued and certificate.open_job_id is not None


STEPS_OF: Mapping[Callable[[ControlPlane, Certificate], None], Callable[[Certificate], bool]] = {
    _issue: _may_begin,
    _begin_renewal: _may_begin,
    _cancel: _may_be_cancelled,
    _hold: lambda certificate: certificate.may_be_issued,
    _unhold: lambda certificate: certificate.lifecycle is Lifecycle.ON_HOLD,
    _revoke: lambda certificate: certificate.lifecycle is not Lifecycle.REVOKED,
    _archive: lambda certificate: certificate.lifecycle.can_transition_to(Lifecycle.ARCHIVED),
}


def _asked_for(plane: ControlPlane, number: int) -> str:
    """Every other one waits for its signing request."""
    waits = {"csr_pem": None} if number % 2 else {}
    requested = plane.requested(f"c{number}.example.com", **waits)
    plane.work()
    return requested.certificate.id


def _walked(plane: ControlPlane, ids: list[str]) -> dict[str, int]:
    return dict(Counter(plane.certificate(i).status(plane.pki.clock()).value for i in ids))


def _listed(plane: ControlPlane) -> dict[str, int]:
    lists = CertificateLists(
        CertificateIndexes(plane.pki.database),
        plane.pki.clock,
        CachedCatalog(CatalogStore(plane.pki.database), plane.pki.clock),
    )

    def length(status: Status) -> int:
        wanted = CertificateFilter(status=status)
        return len(every_page(lambda position: lists.page(ADMIN, wanted, position, 100)))

    lengths = {status.value: length(status) for status in Status}
    return {status: amount for status, amount in lengths.items() if amount}


@pytest.mark.slow
@pytest.mark.parametrize(
    "world",
    [
        *range(WORLDS),
        *(pytest.param(WORLDS + more, marks=pytest.mark.nightly) for more in range(NIGHTLY_WORLDS)),
    ],
)
def test_counters_and_lists_equal_a_walk_over_all_records(
    plane: ControlPlane, insights: Insights, world: int
) -> None:
    random, ids = Random(world), list[str]()  # noqa: S311  # the same histories in each run
    for number in range(HISTORIES * STEPS):
        if number % STEPS == 0:
            ids.append(_asked_for(plane, number))
        chosen = plane.certificate(random.choice(ids))
        steps = [step for step, is_open in STEPS_OF.items() if is_open(chosen)]
        if steps:
            random.choice(steps)(plane, chosen)
        if number % 8 == 7:
            plane.pki.clock.advance(random.choice(WAITS) * random.random())
            plane.due_jobs.run(lambda: True)
        if number % 25 == 24:
            walked = _walked(plane, ids)
            counted = {status: n for status, n in insights.certificates_by_status().items() if n}
            assert (counted, _listed(plane)) == (walked, walked), f"step {number}"


def test_what_expires_within_the_day_moves_from_one_number_and_list_to_the_other(
    plane: ControlPlane, insights: Insights
) -> None:
    certificate = plane.issued()
    assert certificate.expires_at is not None
    plane.pki.clock.advance(certificate.expires_at - plane.pki.clock() - timedelta(seconds=1))
    before = (insights.summary().expired_certificates, _listed(plane))
    plane.pki.clock.advance(timedelta(seconds=1))
    after = (insights.summary().expired_certificates, _listed(plane))
    assert (before, after) == ((0, {"Expiring": 1}), (1, {"Expired": 1}))


def test_a_renewal_that_waits_hides_no_expiry(plane: ControlPlane, insights: Insights) -> None:
    certificate = plane.issued()
    assert certificate.expires_at is not None
    plane.pki.clock.advance(certificate.expires_at - plane.pki.clock() - timedelta(days=4))
    _begin_renewal(plane, certificate)
    assert insights.summary().expiring_certificates == 1
    assert [day.count for day in insights.expiration_timeline(5)] == [0, 0, 0, 0, 1]
    assert _listed(plane) == {"Expiring": 1}


def test_one_that_expired_while_its_renewal_failed_is_expired_and_says_why(
    plane: ControlPlane, insights: Insights
) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(timedelta(days=199))
    _begin_renewal(plane, certificate)
    plane.pki.clock.advance(timedelta(days=2))
    plane.due_jobs.run(lambda: True)
    expired = plane.certificate(certificate.id)
    assert expired.last_failure == "no signing request came within 1 day"
    assert insights.summary().expired_certificates == 1
    assert _listed(plane) == {"Expired": 1}
