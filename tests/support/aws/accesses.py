"""Which IAM actions on which resources one request of a botocore client needs, from its parameters."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from tests.support.aws.iam import Access, Values
from tests.support.aws.key_policies import tag_of
from tests.support.template import functions, logical_id, pattern_of, table_definitions, variables

Parameters = Mapping[str, Any]

_ACCOUNT = "eu-central-1:123456789012"
_SIX_OF_AN_ARN = "-a1b2c3"
BUCKETS = {"pki-objects": "PkiBucket", "audit-seals": "AuditBucket"}
KEYS = {
    "arn:root": "RootKey",
    "arn:issuing": "IssuingKey",
    "arn:seal": "AuditSealKey",
    "arn:ocsp": "OcspKey",
    "arn:acme-binding": "AcmeBindingKey",
}
_S3_ACTIONS = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}


def accesses(service: str, operation: str, parameters: Parameters) -> list[Access]:
    """Raises AssertionError for a service without a rule: a missing rule must not count as permission."""
    rule = _RULES.get(service)
    if rule is None:
        raise AssertionError(f"what {service} {operation} needs has no rule in tests/support/aws/accesses.py")
    return rule(operation, parameters)


def _dynamodb(operation: str, parameters: Parameters) -> list[Access]:
    """IAM evaluates each action of a transaction separately, with its leading key."""
    if operation == "BatchGetItem":
        return [_of_batch(table, wanted) for table, wanted in parameters["RequestItems"].items()]
    if operation == "BatchWriteItem":
        return [_of_puts(table, requests) for table, requests in parameters["RequestItems"].items()]
    if operation == "TransactWriteItems":
        actions = (next(iter(each.items())) for each in parameters["TransactItems"])
        return [_of_rows(f"{name}Item", about) for name, about in actions]
    return [_of_rows(operation, parameters)]


def _of_batch(table: str, wanted: Parameters) -> Access:
    leading = {key[_partition_keys()[table]]["S"] for key in wanted["Keys"]}
    return _of_table("BatchGetItem", f"{table.title()}Table", leading)


def _of_puts(table: str, requests: Sequence[Parameters]) -> Access:
    leading = {each["PutRequest"]["Item"][_partition_keys()[table]]["S"] for each in requests}
    return _of_table("BatchWriteItem", f"{table.title()}Table", leading)


def _of_rows(action: str, parameters: Parameters) -> Access:
    """Without a leading key if several are possible."""
    table = parameters["TableName"]
    row = parameters.get("Key") or parameters.get("Item") or _queried(parameters)
    leading = row.get(_partition_keys()[table], {}).get("S")
    index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
    access = _of_table(action, f"{table.title()}Table{index}", {leading} if leading else set())
    if action != "UpdateItem":
        return access
    return replace(access, keys={**access.keys, "dynamodb:Attributes": _attributes(parameters)})


def _queried(parameters: Parameters) -> Parameters:
    """The attributes that a query's key condition compares with `=`."""
    names, values = (
        parameters.get("ExpressionAttributeNames", {}),
        parameters.get("ExpressionAttributeValues", {}),
    )
    pairs = re.findall(r"([#\w]+) = (:\w+)", parameters.get("KeyConditionExpression", ""))
    return {names.get(name, name): values[value] for name, value in pairs}


def _attributes(parameters: Parameters) -> Values:
    """All that an update names: its key, what it sets or removes, and what its condition reads."""
    return tuple(sorted({*parameters["Key"], *parameters.get("ExpressionAttributeNames", {}).values()}))


def _of_table(action: str, resource: str, leading: set[str]) -> Access:
    keys = {"dynamodb:LeadingKeys": tuple(sorted(leading))} if leading else {}
    return Access(f"dynamodb:{action}", (resource,), keys)


@cache
def _partition_keys() -> dict[str, str]:
    return {
        definition["TableName"]: next(
            each["AttributeName"] for each in definition["KeySchema"] if each["KeyType"] == "HASH"
        )
        for definition in table_definitions()
    }


def _acm(operation: str, parameters: Parameters) -> list[Access]:
    """A list is of the whole account."""
    return [Access(f"acm:{operation}", (parameters.get("CertificateArn", "*"),))]


def _acm_pca(operation: str, parameters: Parameters) -> list[Access]:
    """The private CAs of the account are those of PrivateCaArns; AWS takes a request without a template for
    one of end-entity certificates."""
    arn = parameters["CertificateAuthorityArn"]
    listed = ("CaArns", arn) if f":{_ACCOUNT}:" in arn else (arn,)
    if operation != "IssueCertificate":
        return [Access(f"acm-pca:{operation}", listed)]
    template = parameters.get("TemplateArn", "arn:aws:acm-pca:::template/EndEntityCertificate/V1")
    return [Access(f"acm-pca:{operation}", listed, {"acm-pca:TemplateArn": (template,)})]


def _sqs(operation: str, parameters: Parameters) -> list[Access]:
    name = parameters["QueueUrl"].rsplit("/", 1)[-1]
    queue = f"{name.replace('_', ' ').title().replace(' ', '')}Queue"
    return [Access(f"sqs:{operation.removesuffix('Batch')}", (queue,))]


def _s3(operation: str, parameters: Parameters) -> list[Access]:
    bucket, key = BUCKETS[parameters["Bucket"]], parameters.get("Key")
    resource = f"{bucket}/{key}" if key else bucket
    return [Access(f"s3:{_S3_ACTIONS.get(operation, operation)}", (resource,))]


def _kms(operation: str, parameters: Parameters) -> list[Access]:
    """The keys of later CAs, which are not in the template, have the stack's tag."""
    key_id = parameters["KeyId"]
    arn = f"arn:aws:kms:{_ACCOUNT}:key/{key_id}"
    known = {
        "kms:SigningAlgorithm": "SigningAlgorithm",
        "kms:MessageType": "MessageType",
        "kms:MacAlgorithm": "MacAlgorithm",
    }
    keys: dict[str, Values] = {
        name: (parameters[field],) for name, field in known.items() if field in parameters
    }
    keys |= _context(parameters.get("EncryptionContext", {}))
    if key_id in KEYS:
        return [Access(f"kms:{operation}", (KEYS[key_id], arn), keys)]
    tag = {f"aws:ResourceTag/{tag_of(arn)}": ("AWS::StackName",)}
    return [Access(f"kms:{operation}", (arn,), keys | tag)]


def _context(given: Mapping[str, str]) -> dict[str, Values]:
    """The stack's name as the template spells it."""
    own = os.environ.get("CERTCTL_STACK")
    return {
        f"kms:EncryptionContext:{name}": ("AWS::StackName",) if value == own else (value,)
        for name, value in given.items()
    }


def _secretsmanager(operation: str, parameters: Parameters) -> list[Access]:
    name = parameters.get("SecretId") or parameters["Name"]
    arn = f"arn:aws:secretsmanager:{_ACCOUNT}:secret:{name}{_SIX_OF_AN_ARN}"
    return [Access(f"secretsmanager:{operation}", (arn,))]


def _ssm(operation: str, parameters: Parameters) -> list[Access]:
    return [Access(f"ssm:{operation}", (f"arn:aws:ssm:{_ACCOUNT}:parameter{parameters['Name']}",))]


def _lambda(operation: str, parameters: Parameters) -> list[Access]:
    action = "InvokeFunction" if operation == "Invoke" else operation
    return [Access(f"lambda:{action}", (_called(parameters["FunctionName"]),))]


@cache
def _called(folder: str) -> str:
    """The function or its alias, whichever the template gives to its callers."""
    name = f"CERTCTL_FUNCTION_{folder.upper()}"
    told = {pattern_of(variables(caller)[name]) for caller in functions() if name in variables(caller)}
    return told.pop() if told else logical_id(folder)


def _sesv2(operation: str, parameters: Parameters) -> list[Access]:
    """SES weighs a raw message of SendEmail as SendRawEmail."""
    identity = f"arn:aws:ses:{_ACCOUNT}:identity/{parameters['FromEmailAddress']}"
    raw = "Raw" in parameters.get("Content", {})
    return [Access("ses:SendRawEmail" if raw else f"ses:{operation}", (identity,))]


def _sns(operation: str, parameters: Parameters) -> list[Access]:
    return [Access(f"sns:{operation}", (parameters["TopicArn"],))]


def _events(operation: str, parameters: Parameters) -> list[Access]:
    return [Access(f"events:{operation}", (_bus(entry),)) for entry in parameters["Entries"]]


def _bus(entry: Parameters) -> str:
    name = str(entry["EventBusName"])
    return name if name.startswith("arn:") else f"arn:aws:events:{_ACCOUNT}:event-bus/{name}"


def _route53(operation: str, parameters: Parameters) -> list[Access]:
    if operation == "GetChange":
        return [Access("route53:GetChange", (f"arn:aws:route53:::change/{parameters['Id']}",))]
    zone = f"arn:aws:route53:::hostedzone/{parameters['HostedZoneId']}"
    changes = parameters.get("ChangeBatch", {}).get("Changes", [])
    sets = [change["ResourceRecordSet"] for change in changes]
    keys = {
        "route53:ChangeResourceRecordSetsRecordTypes": tuple(each["Type"] for each in sets),
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": tuple(
            each["Name"].lower().rstrip(".") for each in sets
        ),
    }
    return [Access(f"route53:{operation}", (zone,), keys if sets else {})]


_RULES: Mapping[str, Callable[[str, Parameters], list[Access]]] = {
    "acm": _acm,
    "acm-pca": _acm_pca,
    "dynamodb": _dynamodb,
    "events": _events,
    "kms": _kms,
    "lambda": _lambda,
    "route53": _route53,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sesv2": _sesv2,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
}
