"""The window that the CA suggests (RFC 9773) is asked for again, and renewal follows it."""

from dataclasses import dataclass
from datetime import timedelta

from certctl.connectors.issuers.base import IssuerUnavailable
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.issuing.external import RenewalWindow
from certctl.domain.jobs.statuses import JobType
from tests.support.issuing.acme import AcmePlane
from tests.support.issuing.watched import Watched

HOURS_6 = timedelta(hours=6)


@dataclass
class Moved(Watched):
    """An issuer whose window was moved; None if it does not respond."""

    window: RenewalWindow | None = None

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        if self.window is None:
            raise IssuerUnavailable("the ACME server is down")
        return self.window


def moves_to(acme: AcmePlane, window: RenewalWindow | None) -> None:
    acme.around = lambda issuer: Moved(issuer, lambda _: None, window)


def when_due(acme: AcmePlane, certificate: Certificate) -> dict[str, int]:
    """One run of the renewal schedule, once the issuer is to be asked."""
    due_at = acme.plane.certificate(certificate.id).ari_refresh_at
    assert due_at is not None
    acme.plane.pki.clock.advance(due_at - acme.plane.pki.clock() + timedelta(seconds=1))
    return acme.plane.renew()


def past(acme: AcmePlane) -> RenewalWindow:
    now = acme.plane.pki.clock()
    return RenewalWindow(now - timedelta(days=2), now - timedelta(days=1), HOURS_6)


def test_the_server_is_asked_again_when_it_said(acme: AcmePlane) -> None:
    certificate = acme.issued()

    asked = when_due(acme, certificate)
    acme.work()

    after = acme.plane.certificate(certificate.id)
    assert asked == {"asked": 1}
    assert after.ari_refresh_at is not None
    assert after.ari_refresh_at > acme.plane.pki.clock() + timedelta(hours=1)
    assert after.revision == certificate.revision


def test_a_window_that_is_moved_into_the_past_renews_at_the_next_run(acme: AcmePlane) -> None:
    certificate = acme.issued()
    moves_to(acme, past(acme))
    when_due(acme, certificate)
    acme.work()

    assert acme.plane.renew() == {"renewed": 1}

    (job,) = acme.plane.stores.jobs.open_jobs_of(certificate.id)
    assert job.type is JobType.RENEWAL


def test_a_server_that_does_not_answer_is_asked_an_hour_later(acme: AcmePlane) -> None:
    certificate = acme.issued()
    moves_to(acme, None)
    when_due(acme, certificate)
    acme.work()

    waiting = acme.plane.certificate(certificate.id)
    moves_to(acme, past(acme))
    again = when_due(acme, certificate)

    assert (waiting.ari_start, waiting.ari_end) == (certificate.ari_start, certificate.ari_end)
    assert again == {"asked": 1}


def test_one_that_was_revoked_is_not_asked_for(acme: AcmePlane) -> None:
    certificate = acme.issued()
    acme.plane.revoked(certificate.id)
    acme.work()
    acme.plane.pki.clock.advance(timedelta(days=1))

    assert acme.plane.renew() == {}
