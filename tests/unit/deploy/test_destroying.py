"""What `make destroy` says and does beside CloudFormation, which tests/e2e/stacks runs."""

from collections.abc import Iterator

import boto3
import pytest

from deploy.destroying import FROM_THEN_ON, delete_late_logs
from deploy.target import Target
from tests.support.aws.clients import REGION, local_aws


@pytest.fixture
def target() -> Iterator[Target]:
    with local_aws():
        yield Target("blue", REGION, "", boto3.Session(region_name=REGION))


def test_log_groups_that_late_lines_made_again_go_and_those_of_other_stacks_stay(target: Target) -> None:
    logs = target.session.client("logs")
    others = ["/certctl/blue-2/stack_admin", "/certctl/green/stack_admin", "/aws/lambda/blue"]
    for name in ["/certctl/blue/stack_admin", "/certctl/blue/public_api", *others]:
        logs.create_log_group(logGroupName=name)
    delete_late_logs(target)
    left = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert sorted(left) == sorted(others)


def test_it_says_what_relying_parties_get_from_then_on() -> None:
    told = " ".join(FROM_THEN_ON)
    assert "CRLs stay where certificates name them" in told
    assert "expire within 72 hours" in told
    assert "OCSP requests get an error" in told
