"""`make destroy STACK= REGION=`: deletes a stack, also an incomplete one, and lists what remains."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from deploy import stack as stacks
from deploy.errors import DeployError, run
from deploy.leftovers import removing, why
from deploy.stack import Resource, Stack
from deploy.target import Target, read_target, require_credentials
from local.console import say, step
from local.stack.template import parse_cloudformation

_KEEPING = ("Retain", "RetainExceptOnCreate")
_LEFT = "DELETE_SKIPPED"
# SAM has CloudFormation keep versions, but they go with their function.
_VERSION = "AWS::Lambda::Version"
_NESTED = "AWS::CloudFormation::Stack"
_BUCKET = "AWS::S3::Bucket"
# A distribution takes 15 minutes to go.
_POLLS = 360
FROM_THEN_ON = (
    "All functions, queues, schedules, alarms, the API and the dashboard go. Relying parties from then on:",
    "  CA certificates and CRLs stay where certificates name them, but no further CRL is published: those of",
    "  issuing CAs expire within 72 hours. Who requires a current one then rejects all certificates.",
    "  OCSP requests get an error instead of an answer. Who requires one rejects all certificates at once.",
)


def main() -> None:
    target = read_target(os.environ)
    require_credentials(target)
    found = stacks.require(target)
    kept, going = _sorted_by_fate(_fates(target, found.id))
    _explain(target, kept, going)
    _confirm(target.stack, os.environ.get("CONFIRM", ""))
    destroy(target, found)
    say(f"\n{target.stack} is deleted. What is left:" if kept else f"\n{target.stack} is deleted.")
    for line in removing(kept, target.region):
        say(line)


def kept(target: Target, found: Stack) -> list[Resource]:
    """What stays if it is destroyed."""
    return [each for each, stays in _fates(target, found.id) if stays]


def _sorted_by_fate(fates: Iterable[tuple[Resource, bool]]) -> tuple[list[Resource], list[Resource]]:
    """(kept, deleted)"""
    known = list(fates)
    return [each for each, stays in known if stays], [each for each, stays in known if not stays]


def _fates(target: Target, stack_id: str) -> Iterator[tuple[Resource, bool]]:
    """Each resource that exists, in nested stacks too, and whether it stays."""
    policies = _deletion_policies(target, stack_id)
    for each in stacks.resources(target, stack_id):
        if each.kind == _NESTED and each.physical_id:
            yield from _fates(target, each.physical_id)
        if _exists(each):
            yield each, _stays(each, policies)


def _stays(resource: Resource, policies: Mapping[str, str]) -> bool:
    """A rollback or a deletion before this one may have left it already."""
    is_kept = policies.get(resource.logical_id) in _KEEPING or resource.status == _LEFT
    return is_kept and resource.kind != _VERSION


def _exists(resource: Resource) -> bool:
    return bool(resource.physical_id) and resource.status != stacks.GONE


def _deletion_policies(target: Target, stack_id: str) -> dict[str, str]:
    client = stacks.cloudformation(target)
    body: Any = client.get_template(StackName=stack_id, TemplateStage="Processed")["TemplateBody"]
    template = parse_cloudformation(body) if isinstance(body, str) else body
    return {name: each.get("DeletionPolicy", "Delete") for name, each in template["Resources"].items()}


def _explain(target: Target, kept: Sequence[Resource], going: Sequence[Resource]) -> None:
    say(f"{target.stack} in {target.region}: {len(going)} resources go, {len(kept)} stay.")
    if going:
        for line in FROM_THEN_ON:
            say(line)
    for each in sorted(kept, key=lambda each: (each.kind, each.logical_id)):
        say(f"  stays: {each.logical_id:<24}{each.kind.removeprefix('AWS::'):<34}{why(each)}")


def _confirm(name: str, confirmed: str) -> None:
    """Raises DeployError unless the name was typed."""
    if not confirmed and sys.stdin.isatty():
        confirmed = input("Type the stack's name to delete it: ")
    if confirmed != name:
        raise DeployError(f"not confirmed, nothing was changed. Type the name, or give CONFIRM={name}")


def destroy(target: Target, found: Stack) -> None:
    """Idempotent. Raises DeployError, ClientError."""
    client = stacks.cloudformation(target)
    client.update_termination_protection(StackName=found.name, EnableTerminationProtection=False)
    for bucket in _site_buckets(target, found):
        with step(f"emptying {bucket}"):
            _empty(target, bucket)
    with step("deleting the stack; CloudFront takes up to 15 minutes"):
        client.delete_stack(StackName=found.id)
        _wait(target, found)
    delete_late_logs(target)


def _site_buckets(target: Target, found: Stack) -> Iterator[str]:
    """The buckets of the nested stacks: a build brings back what is in them."""
    for nested in stacks.resources(target, found.id):
        if nested.kind == _NESTED and _exists(nested):
            inside = stacks.resources(target, nested.physical_id)
            yield from (each.physical_id for each in inside if each.kind == _BUCKET and _exists(each))


def _empty(target: Target, bucket: str) -> None:
    """All versions: CloudFormation deletes empty buckets only."""
    s3 = target.session.client("s3")
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] != "NoSuchBucket":
            raise


def delete_late_logs(target: Target) -> None:
    """A function's last lines may arrive after its log group is deleted and create it again, without an end;
    the next stack of this name could not be created beside it."""
    logs: Any = target.session.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix=f"/certctl/{target.stack}/"
    ):
        for group in page["logGroups"]:
            logs.delete_log_group(logGroupName=group["logGroupName"])


def _wait(target: Target, found: Stack) -> None:
    seconds = 1 if target.endpoint else 10
    waiter = stacks.cloudformation(target).get_waiter("stack_delete_complete")
    try:
        waiter.wait(StackName=found.id, WaiterConfig={"Delay": seconds, "MaxAttempts": _POLLS})
    except WaiterError as failure:
        raise DeployError(_undeleted(target, found)) from failure


def _failed(target: Target, stack_id: str) -> list[Resource]:
    return [each for each in stacks.resources(target, stack_id) if each.status == "DELETE_FAILED"]


def _undeleted(target: Target, found: Stack) -> str:
    failed = _failed(target, found.id)
    inside = [each for one in failed if one.kind == _NESTED for each in _failed(target, one.physical_id)]
    reasons = [f"  {each.logical_id} ({each.physical_id}): {each.reason}" for each in [*failed, *inside]]
    names = " ".join(each.logical_id for each in failed) or "LOGICAL_ID"
    return "\n".join(
        [
            f"{target.stack} is not deleted. Mend this and repeat `make destroy`:",
            *reasons,
            "or leave these behind:",
            f"  aws cloudformation delete-stack --stack-name {target.stack} --retain-resources {names} "
            f"--region {target.region}",
        ]
    )


if __name__ == "__main__":
    run("destroy", main)
