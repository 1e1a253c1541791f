"""Starts MiniStack, run by the emulator's own interpreter, with gaps of 1.5.33 mended.

It enforces IAM but knows no condition key of KMS, so it would refuse every signature that template.yaml
allows on condition of its algorithm and of MessageType=DIGEST. Nor does it know those of Route 53, without
which any record might be changed, and that a change there is a resource. It takes a bus that is described for
a rule. It breaks on an answer with a null body, which API Gateway takes for an empty one. It transforms SAM
templates without the parameters' values. Resources of a nested stack that an update does not change lose
their attributes. And it knows no alarm on more than one metric.
"""

import copy
import json
import os
import re
import sys
from typing import Any

# Only the emulator's environment has these; mypy checks this folder in the runner's.
import hypercorn.asyncio  # type: ignore[import-not-found]
from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions  # type: ignore[import-not-found]
from ministack.services.cloudformation import (  # type: ignore[import-not-found]
    changesets,
    handlers,
    provisioners,
)

_context_of_tags = iam_actions.request_tag_context
_resource = iam_actions.extract_resource_arn
_send = app._send_response
_serve = hypercorn.asyncio.serve
_apply_transforms = changesets._apply_transforms
_update_resource = provisioners._update_resource
_alarm_record = provisioners._cw_metric_alarm_record
_ACCOUNT = "000000000000"


def _signing_context(body: bytes) -> dict[str, Any]:
    request = json.loads(body or b"{}")
    # RAW is what KMS assumes when the request does not say.
    named = {
        "kms:MessageType": request.get("MessageType", "RAW"),
        "kms:SigningAlgorithm": request.get("SigningAlgorithm"),
    }
    return {key: value for key, value in named.items() if isinstance(value, str)}


def _records_context(body: bytes) -> dict[str, Any]:
    """Names are compared as Route 53 normalizes them: in lower case, without the last dot."""
    text = body.decode()
    names = [name.lower().removesuffix(".") for name in re.findall("<Name>([^<]*)</Name>", text)]
    key = "route53:ChangeResourceRecordSets"
    return {
        f"{key}NormalizedRecordNames": names,
        f"{key}RecordTypes": re.findall("<Type>([^<]*)</Type>", text),
        f"{key}Actions": re.findall("<Action>([^<]*)</Action>", text),
    }


_CONTEXTS = {"kms:Sign": _signing_context, "route53:ChangeResourceRecordSets": _records_context}


def _context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = _context_of_tags(service, action, body, parameters)
    own = _CONTEXTS.get(action)
    return context | own(body) if own else context


def _resource_of(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
    change = re.fullmatch("/[0-9-]+/change/([^/]+)/?", path) if service == "route53" else None
    if change:
        return f"arn:aws:route53:::change/{change[1]}"
    resource = str(_resource(service, method, path, headers, body, *rest))
    if service == "events" and b'"Name"' in body and _target(headers) == "DescribeEventBus":
        return _bus(json.loads(body)["Name"], resource)
    return resource


def _target(headers: Any) -> str:
    """The operation of a JSON protocol: `AWSEvents.DescribeEventBus`."""
    named = {str(name).lower(): str(value) for name, value in headers.items()}
    return named.get("x-amz-target", "").rpartition(".")[2]


def _bus(name: str, rule: str) -> str:
    """The emulator takes the name of the bus for that of a rule."""
    return name if name.startswith("arn:") else f"{rule.partition(':rule/')[0]}:event-bus/{name}"


def _transform_with_parameters(template: dict[str, Any], parameters: Any = None, before: Any = None) -> Any:
    """SAM on AWS sees the values that are given; the emulator's sees defaults only, so they become these.
    Nor do the emulator's conditions know the account."""
    given = copy.deepcopy(template)
    conditions = json.dumps(given.get("Conditions", {}))
    given["Conditions"] = json.loads(conditions.replace('{"Ref": "AWS::AccountId"}', f'"{_ACCOUNT}"'))
    for each in parameters or ():
        if "Value" in each and each.get("Key") in given.get("Parameters", {}):
            given["Parameters"][each["Key"]]["Default"] = each["Value"]
    return _with_numbers(_apply_transforms(given, parameters, before))


def _with_numbers(template: Any) -> Any:
    """A mapping's maximum concurrency as the number that the emulator's poller compares it with."""
    for resource in template.get("Resources", {}).values():
        scaling = resource.get("Properties", {}).get("ScalingConfig", {})
        named = scaling.get("MaximumConcurrency")
        if isinstance(named, dict):
            scaling["MaximumConcurrency"] = int(template["Parameters"][named["Ref"]]["Default"])
    return template


def _update_with_attributes(kind: str, physical_id: str, before: dict[str, Any], *rest: Any) -> Any:
    """Only a type's own handler says the attributes of what is in a nested stack, and it is asked where a
    property differs."""
    handler = provisioners._RESOURCE_HANDLERS.get(kind) or {}
    differing = {**before, "CertctlLocal": ""} if "update" in handler else before
    return _update_resource(kind, physical_id, differing, *rest)


async def _send_with_a_body(send: Any, status: int, headers: Any, body: Any, **options: Any) -> None:
    await _send(send, status, headers, b"" if body is None else body, **options)


async def _serve_and_end(*arguments: Any, **options: Any) -> None:
    """By now the state is saved. Threads that wait for functions which the stop has cut off would hold the
    process for those functions' whole timeouts; the functions' own processes end with their input."""
    await _serve(*arguments, **options)
    sys.stdout.flush()
    os._exit(0)


def _alarm_on_one_metric(name: str, properties: dict[str, Any]) -> Any:
    """An alarm by metric math as one on a metric that nobody sends: here nobody waits for it."""
    if "Metrics" not in properties:
        return _alarm_record(name, properties)
    stand_in = {"Namespace": "certctl/local", "MetricName": "MetricMath"}
    return _alarm_record(name, {k: v for k, v in properties.items() if k != "Metrics"} | stand_in)


if __name__ == "__main__":
    iam_actions.request_tag_context = _context
    iam_actions.extract_resource_arn = _resource_of
    app._send_response = _send_with_a_body
    hypercorn.asyncio.serve = _serve_and_end
    changesets._apply_transforms = handlers._apply_transforms = _transform_with_parameters
    provisioners._update_resource = _update_with_attributes
    provisioners._cw_metric_alarm_record = _alarm_on_one_metric
    app.main()
