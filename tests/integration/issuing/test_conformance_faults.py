"""The checks of issuers find issuers that do not conform."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.connectors.issuers.base import IssuerDependencies, IssuerUnavailable
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.issuing.external import (
    Issued,
    IssueOutcome,
    NothingSigned,
    OrderRequest,
    Pending,
    Rejected,
    RevocationConfirmed,
    RevocationOutcome,
    SettleOutcome,
)
from examples.lab_ca import Lab, LabIssuer
from examples.lab_ca.lab import NoResponse
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing import conformance
from tests.support.issuing.conformance import Check
from tests.support.issuing.lab import LabPlane


class Forgetful(LabIssuer):
    """Says of no order that it may be signed."""

    def submit(self, request: OrderRequest) -> IssueOutcome:
        outcome = super().submit(request)
        assert isinstance(outcome, Pending)
        return replace(outcome, may_be_signed=False, needs_cleanup=False)

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        outcome = super().advance(request, progress)
        if progress.get("signed") or not isinstance(outcome, Issued):
            return outcome
        return Pending({**progress, "signed": True}, timedelta(), may_be_signed=False, needs_cleanup=False)


class Careless(Forgetful):
    """Says that it may be signed, and does not look whether it was."""

    def submit(self, request: OrderRequest) -> IssueOutcome:
        return LabIssuer.submit(self, request)

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        return NothingSigned()


class Impatient(LabIssuer):
    """Drops the wait that the server asks for."""

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        try:
            return super().advance(request, progress)
        except IssuerUnavailable as failure:
            raise IssuerUnavailable(failure.detail) from None


class SignsTwice(LabIssuer):
    """Signs again for each call, and rejects the order if no response arrives."""

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        try:
            return Issued(self.lab.sign_at_once(request.csr_pem))
        except NoResponse as lost:
            return Rejected(str(lost))


class Strict(LabIssuer):
    """Refuses to revoke what it revoked before."""

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        outcome = super().revoke(certificate_pem, reason_code)
        was_revoked = isinstance(outcome, RevocationConfirmed) and outcome.was_revoked
        return Rejected("it is revoked already") if was_revoked else outcome


class Cheerful(LabIssuer):
    """Passes its test whatever the server does."""

    def server_fault(self) -> str | None:
        return None


FAULTS: list[tuple[type[LabIssuer], Check]] = [
    (Forgetful, conformance.each_pending_step_is_small_json_and_says_that_it_may_be_signed_before_it_is),
    (Forgetful, conformance.a_job_cancelled_after_any_step_leaves_no_unknown_certificate),
    (Careless, conformance.a_job_cancelled_after_any_step_leaves_no_unknown_certificate),
    (Impatient, conformance.a_wait_that_the_server_asks_for_is_kept),
    (SignsTwice, conformance.a_lost_response_leaves_no_unknown_certificate),
    (SignsTwice, conformance.a_worker_killed_after_any_step_leaves_no_unknown_certificate),
    (Strict, conformance.a_revocation_reaches_the_server_and_may_be_repeated),
    (Cheerful, conformance.its_test_says_why_the_server_does_not_respond),
]


@pytest.mark.parametrize(("faulty", "check"), FAULTS, ids=lambda value: getattr(value, "__name__", None))
def test_an_issuer_that_does_not_conform_is_found(
    plane: ControlPlane, faulty: type[LabIssuer], check: Check
) -> None:
    lab = Lab(plane.pki.clock)

    def build(entry: AnyEntry, dependencies: IssuerDependencies) -> LabIssuer:
        return faulty(lab, entry.id, "normal", dependencies)

    with pytest.raises(AssertionError):
        check(LabPlane(plane, lab, build))
