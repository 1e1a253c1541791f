"""`certctl profiles create`: what no profile may have is refused with the server's reasons."""

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack


@pytest.mark.parametrize("usage", ["OCSPSigning", "1.3.6.1.5.5.7.3.9", "2.5.29.37.0"])
def test_a_usage_that_no_profile_may_have_is_refused(
    certctl: Certctl, stack: BridgedStack, usage: str
) -> None:
    ran = certctl("profiles", "create", "--name", "refused", "--usage", usage)

    assert (ran.code, f"{usage} is refused" in ran.err) == (ExitCode.FAILED, True), ran.err
