"""The issuers of `examples/lab_ca` do what every issuer must: the checks are those that a writer runs."""

import pytest

from certctl.store.certificates.items import PemItem
from examples.lab_ca import Lab, LabIssuers, OneCallIssuers
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.conformance import CHECKS, Check, sentence
from tests.support.issuing.lab import LabPlane


@pytest.fixture
def lab(plane: ControlPlane) -> Lab:
    return Lab(plane.pki.clock)


@pytest.mark.parametrize("check", CHECKS, ids=sentence)
def test_an_issuer_that_finds_its_certificates_conforms(plane: ControlPlane, lab: Lab, check: Check) -> None:
    check(LabPlane(plane, lab, LabIssuers(lab).build))

    recorded = {row.serial_number for row in PemItem.scan(PemItem.record.startswith("pem#"))}
    assert lab.signed.keys() == recorded


@pytest.mark.parametrize("check", CHECKS, ids=sentence)
def test_an_issuer_whose_one_call_signs_conforms(plane: ControlPlane, lab: Lab, check: Check) -> None:
    check(LabPlane(plane, lab, OneCallIssuers(lab).build, finds_certificates=False))
