"""What stops a deploy after the build, and the way out of it."""

from typing import Any

from deploy.errors import DeployError
from deploy.target import Target

CANARY = "CanaryDeployments"
_WITHOUT_CANARY = f"""\
To deploy all the same, such as the fix itself, set {CANARY}=false in the parameters file: the new
version then gets all requests at once, and nothing rolls it back. Remove the line afterwards."""
_RAISED = """\
the alarm {name} is raised ({reason}): CodeDeploy would stop
this deploy and CloudFormation roll it back. Its entry in docs/alarms.md says where to look.
"""
_FIRST_FAILED = """\
`sam deploy` failed, see above. `make destroy STACK={stack} REGION={region}`, then deploy again.
If an event says "Your account must be verified before you can add new CloudFront resources", only
AWS Support lifts that: open a case (account and billing), and deploy again once it is solved."""
_UPDATE_FAILED = """\
`sam deploy` failed, see above. {stack} stays what it was before.
If an event says that an alarm stopped a deployment of CodeDeploy: {stack}-new-version-errors-...
means that the new version answered with 500, {stack}-api-function-errors that a function of the API
crashed. """


def require_quiet_alarm(target: Target) -> None:
    """Raises DeployError while the alarm is raised that would stop the canary, minutes after the build."""
    name = f"{target.stack}-api-function-errors"
    cloudwatch: Any = target.session.client("cloudwatch")
    for alarm in cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]:
        if alarm["StateValue"] == "ALARM":
            raise DeployError(_RAISED.format(name=name, reason=alarm["StateReason"]) + _WITHOUT_CANARY)


def after_failed_creation(target: Target) -> str:
    return _FIRST_FAILED.format(stack=target.stack, region=target.region)


def after_failed_update(target: Target) -> str:
    return _UPDATE_FAILED.format(stack=target.stack) + _WITHOUT_CANARY
