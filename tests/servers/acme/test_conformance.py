"""The ACME issuer, with Pebble, does what every issuer must."""

import pytest

from tests.support.issuing.acme import AcmePlane
from tests.support.issuing.acme_candidate import AcmeCandidate
from tests.support.issuing.conformance import CHECKS, Check, sentence
from tests.support.issuing.pebble import BLOCKED_DOMAIN


@pytest.mark.parametrize("check", CHECKS, ids=sentence)
def test_it_conforms(acme: AcmePlane, check: Check) -> None:
    check(AcmeCandidate(acme, BLOCKED_DOMAIN))
