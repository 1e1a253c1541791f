"""AWS Private CA does what every issuer must."""

import pytest

from tests.support.issuing.conformance import CHECKS, Check, sentence
from tests.support.issuing.private_ca.plane import PcaPlane


@pytest.mark.parametrize("check", CHECKS, ids=sentence)
def test_aws_private_ca_conforms(pca: PcaPlane, check: Check) -> None:
    check(pca)
