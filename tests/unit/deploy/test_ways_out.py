"""What would stop a deploy after the build stops it before, and the way out is said."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from deploy.errors import DeployError
from deploy.target import Target
from deploy.ways_out import after_failed_creation, after_failed_update, require_quiet_alarm
from tests.support.aws.clients import REGION, local_aws
from tests.support.template import ROOT, load_template

_CANARY = load_template(ROOT / "stacks/canary_alarm.yaml")["Resources"]
ALARM = _CANARY["ApiFunctionErrors"]["Properties"]["AlarmName"]["Fn::Sub"].replace("${StackLabel}", "certctl")


@pytest.fixture
def target() -> Iterator[Target]:
    with local_aws():
        yield Target("certctl", REGION, "", boto3.Session(region_name=REGION))


def raised(target: Target, state: str, name: str = ALARM) -> None:
    cloudwatch: Any = target.session.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="certctl/certctl",
        MetricName="ApiFunctionFailures",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="two crashes")


def test_a_raised_alarm_of_the_canary_stops_the_deploy_and_says_how_to_deploy_all_the_same(
    target: Target,
) -> None:
    raised(target, "ALARM")
    with pytest.raises(
        DeployError, match=r"certctl-api-function-errors is raised \(two crashes\)"
    ) as refused:
        require_quiet_alarm(target)
    assert "CanaryDeployments=false" in str(refused.value)


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_a_quiet_alarm_and_another_stacks_stop_nothing(target: Target, state: str) -> None:
    raised(target, state)
    raised(target, "ALARM", f"other-{ALARM}")
    require_quiet_alarm(target)


def test_a_stack_without_the_alarm_is_deployed(target: Target) -> None:
    require_quiet_alarm(target)


def test_after_a_failed_update_it_names_the_alarms_and_the_way_out(target: Target) -> None:
    told = after_failed_update(target)
    names = [
        each["Properties"]["AlarmName"]["Fn::Sub"] for each in _CANARY.values() if "Alarm" in each["Type"]
    ]
    assert len(names) == 2
    for name in names:
        assert name.replace("${StackLabel}", "certctl").replace("${Release}", "") in told
    assert "CanaryDeployments=false" in told


def test_after_a_failed_first_deploy_it_says_what_to_do_where_cloudfront_refuses_the_account(
    target: Target,
) -> None:
    told = after_failed_creation(target)
    assert f"make destroy STACK=certctl REGION={REGION}" in told
    error = "Your account must be verified before you can add new CloudFront resources"
    page = " ".join((ROOT / "docs/deploying.md").read_text(encoding="utf-8").split())
    assert error in " ".join(told.split())
    assert error in page
