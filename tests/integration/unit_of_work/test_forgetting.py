"""The check behind all integration tests: a change of a certificate without its event or counters is detected
on its way to DynamoDB, whatever code sent it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from certctl.domain.audit.events import Actor, changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import Conflict
from certctl.store.writes import Write
from certctl.unit_of_work.unit import certificate_change
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.unforgotten import nothing_forgotten


def sent(plane: ControlPlane, steps: Sequence[Write]) -> None:
    """Sends the writes with the permissions of a function."""
    plane.privileges.of("certificates_api", plane.pki.database.transact)(steps)


def failed(plane: ControlPlane) -> tuple[Certificate, Certificate]:
    before = plane.requested().certificate
    return before, before.failed(plane.pki.clock(), "refused")


def event(plane: ControlPlane, before: Certificate, after: Certificate) -> Write:
    now, details = plane.pki.clock(), changes(before, after)
    return plane.units.parts.audit.event_step(
        Actor("key-admin"),
        "certificate_issuance_failed",
        "certificate",
        after.id,
        details,
        now,
        after.team_id,
    )


def counters(plane: ControlPlane, before: Certificate, after: Certificate) -> list[Write]:
    return plane.units.parts.counters.steps(certificate_change(before, after), after.id)


def test_a_change_without_its_event_is_found(plane: ControlPlane) -> None:
    before, after = failed(plane)
    steps = [plane.stores.certificates.save_step(before, after), *counters(plane, before, after)]
    with pytest.raises(AssertionError, match="no audit event"), nothing_forgotten():
        sent(plane, steps)


def test_a_change_without_its_counters_is_found(plane: ControlPlane) -> None:
    before, after = failed(plane)
    steps = [plane.stores.certificates.save_step(before, after), event(plane, before, after)]
    with pytest.raises(AssertionError, match="is not counted"), nothing_forgotten():
        sent(plane, steps)


def test_an_event_and_counters_in_another_transaction_do_not_make_up_for_it(plane: ControlPlane) -> None:
    before, after = failed(plane)
    sent(plane, [event(plane, before, after), *counters(plane, before, after)])
    with pytest.raises(AssertionError, match="no audit event"), nothing_forgotten():
        sent(plane, [plane.stores.certificates.save_step(before, after)])


def test_a_complete_change_is_none(plane: ControlPlane) -> None:
    before, after = failed(plane)
    saved = plane.stores.certificates.save_step(before, after)
    with nothing_forgotten():
        sent(plane, [saved, event(plane, before, after), *counters(plane, before, after)])


def test_a_creation_that_is_refused_because_its_id_is_taken_forgets_nothing(plane: ControlPlane) -> None:
    certificate = plane.issued()
    with nothing_forgotten(), pytest.raises(Conflict):
        sent(plane, plane.stores.certificates.create_steps(replace(certificate, expires_at=None), []))


def test_the_life_of_a_certificate_forgets_nothing(plane: ControlPlane) -> None:
    with nothing_forgotten():
        certificate = plane.issued()
        plane.rekeyed(certificate.id)
        plane.revoked(certificate.id, "certificateHold")
        plane.certificates.archive(ADMIN, certificate.id, keep_valid=True)
    assert plane.actions(certificate.id).count("certificate_issued") == 2
