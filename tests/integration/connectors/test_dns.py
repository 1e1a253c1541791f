"""What a worker learns when Route 53 refuses it a zone."""

import pytest

from certctl.connectors.aws.clients import make_client
from certctl.connectors.dns import TxtRecords, TxtValue
from certctl.domain.errors import Unavailable
from tests.support.aws.clients import REGION
from tests.support.channels.aws_channels import instead_of_aws
from tests.support.channels.receivers import answers

RECORD = TxtValue("Z0123456789ABCDEFGHIJ", "_acme-challenge.example.com", "proof")


def refusing(code: str) -> bytes:
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>".encode()


@pytest.mark.parametrize(
    ("status", "code", "names_parameter"), [(403, "AccessDenied", True), (404, "NoSuchHostedZone", False)]
)
def test_a_zone_that_the_stack_does_not_list_is_refused_by_the_name_of_the_parameter(
    status: int, code: str, names_parameter: bool
) -> None:
    with (
        instead_of_aws(answers(status, refusing(code))),
        pytest.raises(Unavailable, match=f"{code}") as refused,
    ):
        TxtRecords(make_client("route53", REGION, attempts=1)).add([RECORD])
    assert ("AllowedHostedZoneArns" in str(refused.value)) is names_parameter
