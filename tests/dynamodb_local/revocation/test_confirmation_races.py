"""Certificates that are requested and signed with a key whose compromise is confirmed at the same moment
(ADR 54), on one database that judges like the real one."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Semaphore

import pytest

from certctl.crypto.fingerprints import spki_sha256
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import ChangedMeanwhile, CsrRejected, Unavailable
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign
from tests.support.authorities.authority import new_authority
from tests.support.authorities.pki import Pki
from tests.support.authorities.signing_rows import key_arn, lay_down_authorities
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(240)]
KEY = new_key()
SPKI = spki_sha256(KEY.public_key())
ISSUER = "iss-local"
REQUESTS, WORKERS, BEFORE = 8, 3, 2
LATER = timedelta(hours=1)


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    """With a CA that signs."""
    database, clock, made = new_database(endpoint), Clock(), new_authority()
    lay_down_authorities(database, {ISSUER: made}, clock())
    return ControlPlane(Pki(database, None, clock, {key_arn(ISSUER): made.issuing_key}))


def _requested(plane: ControlPlane, name: str) -> tuple[str, str]:
    """The ids of the certificate and of its job."""
    asked = plane.requested(name, csr_pem=csr_pem(name, [], KEY))
    return asked.certificate.id, asked.job.id


def _waiting(plane: ControlPlane) -> dict[str, str]:
    """The jobs of requests from before the confirmation, by certificate. A client repeats a 503."""
    asked = dict[str, str]()
    while len(asked) < REQUESTS:
        with suppress(Unavailable):
            asked |= [_requested(plane, f"late-{len(asked)}.example.com")]
    return asked


def _dry_run(plane: ControlPlane) -> Campaign:
    plane.issued(csr_pem=csr_pem("www.example.com", [], KEY))
    chosen = CampaignSelection(spki_sha256=SPKI)
    campaign = plane.campaigns.start(ADMIN, NewCampaign(chosen, "keyCompromise"))
    plane.signing().process(campaign.job_id)
    return plane.campaigns.get(campaign.id)


def _confirm(plane: ControlPlane, dry: Campaign) -> None:
    """Until it is done, as a person would: reservations of the key may win the row several times."""
    for _ in range(20):
        try:
            plane.campaigns.confirm(ADMIN, dry.id, dry.total)
        except (ChangedMeanwhile, Unavailable):
            continue
        return
    raise AssertionError("the reservations won each time")


def _with_a_serial(plane: ControlPlane, certificate_ids: list[str]) -> set[str]:
    """The certificates with a serial that is reserved or issued, read consistently."""
    now = plane.pki.clock()
    found = {each: plane.stores.certificates.unexpired_versions(each, now) for each in certificate_ids}
    return {
        each
        for each, versions in found.items()
        if any(version.state in (VersionState.RESERVED, VersionState.ISSUED) for version in versions)
    }


def _confirmed_among(
    plane: ControlPlane, dry: Campaign, acts: Sequence[Callable[[], None]], certificate_ids: Collection[str]
) -> set[str]:
    """Runs the acts concurrently, and confirms once some have ended. Returns the certificates that had a
    serial when the confirmation was answered, after all acts have ended."""
    ended = Semaphore(0)

    def counted(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            ended.release()

    with ThreadPoolExecutor(WORKERS) as pool:
        running = [pool.submit(counted, act) for act in acts]
        for _ in range(BEFORE):
            ended.acquire()
        _confirm(plane, dry)
        at_the_answer = _with_a_serial(plane, list(certificate_ids))
        for each in running:
            each.result()
    return at_the_answer


def _sign(plane: ControlPlane, job_ids: list[str]) -> None:
    """After the confirmation; the jobs that lost a row to others have waited for long enough."""
    plane.pki.clock.advance(LATER)
    for job_id in job_ids:
        with suppress(Unavailable):
            plane.signing().process(job_id)


def test_no_serial_is_reserved_for_the_key_once_the_confirmation_is_answered(plane: ControlPlane) -> None:
    dry = _dry_run(plane)
    asked = _waiting(plane)
    *at_once, after = asked.values()

    def sign(job_id: str) -> None:
        with suppress(Unavailable):
            plane.signing().process(job_id)

    at_the_answer = _confirmed_among(plane, dry, [partial(sign, job_id) for job_id in at_once], asked)
    _sign(plane, [*at_once, after])

    assert 0 < len(at_the_answer) < len(asked)
    assert _with_a_serial(plane, list(asked)) == at_the_answer


def test_who_requests_while_the_compromise_is_confirmed_has_a_certificate_from_before_or_none(
    plane: ControlPlane,
) -> None:
    dry = _dry_run(plane)
    asked = dict[str, str]()

    def request(name: str) -> None:
        with suppress(CsrRejected, ChangedMeanwhile, Unavailable):
            certificate_id, job_id = _requested(plane, name)
            asked[certificate_id] = job_id
            plane.signing().process(job_id)

    requests = [partial(request, f"new-{number}.example.com") for number in range(REQUESTS)]
    at_the_answer = _confirmed_among(plane, dry, requests, asked)
    _sign(plane, list(asked.values()))

    assert _with_a_serial(plane, list(asked)) == at_the_answer
    with pytest.raises(CsrRejected):
        _requested(plane, "after.example.com")
