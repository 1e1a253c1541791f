"""`sam deploy` of the built template to the emulator, and what the stack's resources are called there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.config import Config

from local.build import BUILD, run_sam, sam_environment
from local.emulator.account import Account
from local.settings import STACK
from local.stack.parameters import override
from local.stack.release import stamped

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

ARTIFACTS_BUCKET = "certctl-local-artifacts"


# `initialize` signs, publishes and waits: more than botocore's usual minute on a busy machine.
PATIENT = Config(read_timeout=300, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Stack:
    """Physical names: functions by folder, tables, queues (their URLs) and buckets by role. `acme_api_id` is
    empty without an ACME server."""

    api_id: str
    ocsp_api_id: str
    acme_api_id: str
    distribution_id: str
    origin_secret_id: str
    functions: dict[str, str]
    tables: dict[str, str]
    queues: dict[str, str]
    buckets: dict[str, str]
    function_ids: dict[str, str]


def deploy(account: Account, values: Mapping[str, str], log: Path) -> None:
    """Create or update the stack. Raises CommandFailedError."""
    _make_artifacts_bucket(account.session().client("s3", endpoint_url=account.endpoint))
    template = stamped(BUILD / "artifacts" / "template.yaml", values)
    arguments = ["deploy", "--template-file", str(template)]
    arguments += ["--stack-name", STACK, "--s3-bucket", ARTIFACTS_BUCKET, "--no-resolve-s3"]
    arguments += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
    # A rollback would delete the logs that tell why; what failed is dropped as a whole anyway.
    arguments += ["--disable-rollback"]
    arguments += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    arguments += ["--parameter-overrides", *(override(name, value) for name, value in sorted(values.items()))]
    run_sam(arguments, log, sam_environment() | account.environment())


def _make_artifacts_bucket(s3: "S3Client") -> None:
    names = [bucket.get("Name") for bucket in s3.list_buckets()["Buckets"]]
    if ARTIFACTS_BUCKET not in names:
        s3.create_bucket(Bucket=ARTIFACTS_BUCKET)


def snake_case(logical_id: str) -> str:
    """`CrlNudges` -> `crl_nudges`."""
    return "_".join(re.findall(r"[A-Z][a-z0-9]*", logical_id)).lower()


def describe(account: Account) -> Stack:
    """Look the stack's resources up."""
    cloudformation = account.session().client("cloudformation", endpoint_url=account.endpoint)
    resources = _resources(cloudformation)
    functions = _by_type(resources, "AWS::Lambda::Function")
    return Stack(
        api_id=resources["HttpApi"][1],
        ocsp_api_id=resources["OcspApi"][1],
        acme_api_id=resources.get("AcmeApi", ("", ""))[1],
        distribution_id=resources["PkiDistribution"][1],
        origin_secret_id=resources["OriginSecret"][1],
        functions=_named(functions, "Function"),
        tables=_named(_by_type(resources, "AWS::DynamoDB::Table"), "Table"),
        queues=_named(_by_type(resources, "AWS::SQS::Queue"), "Queue"),
        buckets=_named(_by_type(resources, "AWS::S3::Bucket"), "Bucket"),
        function_ids=functions,
    )


def _resources(cloudformation: "CloudFormationClient") -> dict[str, tuple[str, str]]:
    found = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return {r["LogicalResourceId"]: (r["ResourceType"], r.get("PhysicalResourceId", "")) for r in found}


def _by_type(resources: Mapping[str, tuple[str, str]], kind: str) -> dict[str, str]:
    return {logical: physical for logical, (found, physical) in resources.items() if found == kind}


def _named(resources: Mapping[str, str], suffix: str) -> dict[str, str]:
    return {
        snake_case(logical.removesuffix(suffix)): physical for logical, physical in sorted(resources.items())
    }
