"""Starts MiniStack, run by the emulator's own interpreter, with gaps of 1.5.33 mended.

It enforces IAM but knows no condition key of KMS, so it would refuse every signature that template.yaml
allows on condition of its algorithm and of MessageType=DIGEST. It takes a session for its principal, where
AWS compares the role's ARN (aws:PrincipalArn). Nor does it know those of Route 53, without
which any record might be changed, and that a change there is a resource. It takes a bus that is described for
a rule. It breaks on an answer with a null body, which API Gateway takes for an empty one. It transforms SAM
templates without the parameters' values. Conditions do not know a list that is joined, so that every list
would count as given. Resources of a nested stack that an update does not change lose
their attributes. It knows no alarm on more than one metric. And it unpacks a function's code and layers, some
5,000 files, for each process that it starts: here once for all of them. It imports the same in each process,
and keeps the first of each function forever: here they are forks, which end when nobody has called for a
while. After each call it waits 50 ms for a log line of a function that wrote none: here until the pipe is
empty. It reads the expression of a query again for each row.

It also serves any web page: it allows every origin, takes well-known keys and no key at all for the root
user's, and checks no signature of these. Here a browser's requests and foreign hosts are refused before
anything reads them, and the root user is who signs with the random key that the runner chose.
"""

import copy
import fcntl
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
import types
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

# Only the emulator's environment has these; mypy checks this folder in the runner's.
import hypercorn.asyncio  # type: ignore[import-not-found]
from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions, iam_evaluator, lambda_runtime  # type: ignore[import-not-found]
from ministack.services import dynamodb, lambda_svc, sts  # type: ignore[import-not-found]
from ministack.services.cloudformation import (  # type: ignore[import-not-found]
    changesets,
    engine,
    handlers,
    provisioners,
    stacks,
)

# Only this package: nothing of this folder may hide a module of the emulator or of a function.
sys.path.append(str(Path(__file__).resolve().parents[2]))
from local.emulator import forked

sys.path.pop()

_context_of_tags = iam_actions.request_tag_context
_resource = iam_actions.extract_resource_arn
_value_of_key = iam_evaluator._resolve_condition_key
_send = app._send_response
_serve = hypercorn.asyncio.serve
_apply_transforms = changesets._apply_transforms
_evaluate_conditions = engine._evaluate_conditions
_update_resource = provisioners._update_resource
_alarm_record = provisioners._cw_metric_alarm_record
_ACCOUNT = "000000000000"
# What a container calls this machine by (docs/sam-local.md); its requests are signed as all are.
_HOSTS = {f"{name}:{os.environ.get('GATEWAY_PORT')}" for name in ("127.0.0.1", "host.docker.internal")}
_DISTRIBUTION = re.compile(r"[a-z0-9]+\.cloudfront\.net")
_CONTROL = ("/_ministack/", "/_localstack/")
# What the runner waits for, and where a custom resource puts its result, by a random token.
_OPEN_CONTROL = ("/_ministack/cfn-response/", "/_ministack/ready")


def _signing_context(body: bytes) -> dict[str, Any]:
    request = json.loads(body or b"{}")
    # RAW is what KMS assumes when the request does not say.
    named = {
        "kms:MessageType": request.get("MessageType", "RAW"),
        "kms:SigningAlgorithm": request.get("SigningAlgorithm"),
    }
    return {key: value for key, value in named.items() if isinstance(value, str)}


def _wrapping_context(body: bytes) -> dict[str, Any]:
    named = json.loads(body or b"{}").get("EncryptionContext", {})
    return {f"kms:EncryptionContext:{name}": value for name, value in named.items()}


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


_CONTEXTS = {
    "kms:Sign": _signing_context,
    "kms:Encrypt": _wrapping_context,
    "kms:Decrypt": _wrapping_context,
    "route53:ChangeResourceRecordSets": _records_context,
}


def _context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = _context_of_tags(service, action, body, parameters)
    own = _CONTEXTS.get(action)
    return context | own(body) if own else context


def _value_of(key: str, request: Any) -> Any:
    if key.lower() != "aws:principalarn":
        return _value_of_key(key, request)
    session = re.fullmatch(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/.+", request.principal_arn)
    return f"arn:aws:iam::{session[1]}:role/{session[2]}" if session else request.principal_arn


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


_JOINED = re.compile(r'\{"Fn::Join": \["", (\{"Ref": "\w+"\})\]\}')


def _conditions_with_lists(template: dict[str, Any], parameters: Any) -> Any:
    """A list's parameter is one text here: in place of its members joined, it is as empty as they are."""
    conditions = _JOINED.sub(r"\1", json.dumps(template.get("Conditions", {})))
    return _evaluate_conditions({**template, "Conditions": json.loads(conditions)}, parameters)


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


def _refusal(scope: Any) -> str:
    """Why a request is not for this emulator; empty if it is."""
    headers = [(name.lower().decode("latin-1"), text.decode("latin-1")) for name, text in scope["headers"]]
    if any(name == "origin" or name.startswith("sec-fetch-") for name, _ in headers):
        return "The emulator answers no browser."
    hosts = [text for name, text in headers if name == "host"]
    if len(hosts) != 1 or not (hosts[0] in _HOSTS or _is_for_pki(scope, hosts[0])):
        return "The emulator answers no other host than its own address."
    if scope["path"].startswith(_CONTROL) and not scope["path"].startswith(_OPEN_CONTROL):
        return "The emulator's own controls are off."
    return ""


def _is_for_pki(scope: Any, host: str) -> bool:
    """Whether the request names the distribution: under this name the front door reads what is public."""
    return scope["path"].startswith("/pki/") and bool(_DISTRIBUTION.fullmatch(host))


def _guarded(application: Any) -> Any:
    """The application without what would let a web page use it: it runs code as this user."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        refusal = "" if scope["type"] == "lifespan" else _refusal(scope)
        if not refusal:
            await application(scope, receive, _without_cors(send))
        elif scope["type"] == "http":
            await _send(send, 403, {"Content-Type": "text/plain"}, refusal)
        else:
            await send({"type": "websocket.close", "code": 1008})

    return answer


def _without_cors(send: Any) -> Any:
    async def sent(message: Any) -> None:
        headers = message.get("headers", [])
        kept = [pair for pair in headers if not bytes(pair[0]).lower().startswith(b"access-control-")]
        await send({**message, "headers": kept} if headers else message)

    return sent


def _is_root_key(access_key_id: str) -> bool:
    return access_key_id == os.environ["AWS_ACCESS_KEY_ID"]


def _is_unchecked_key(_: str) -> bool:
    """The emulator checks no signature of root keys; here it checks every one."""
    return False


async def _serve_and_end(application: Any, *arguments: Any, **options: Any) -> None:
    """Serves, then ends the process: the state is saved by then. Threads that wait for functions which the
    stop has cut off would hold the process for those functions' whole timeouts; the functions' own processes
    end with their input."""
    await _serve(_guarded(application), *arguments, **options)
    sys.stdout.flush()
    os._exit(0)


def _alarm_on_one_metric(name: str, properties: dict[str, Any]) -> Any:
    """An alarm by metric math as one on a metric that nobody sends: here nobody waits for it."""
    if "Metrics" not in properties:
        return _alarm_record(name, properties)
    stand_in = {"Namespace": "certctl/local", "MetricName": "MetricMath"}
    return _alarm_record(name, {k: v for k, v in properties.items() if k != "Metrics"} | stand_in)


_FORK_SERVERS = forked.ForkServers()


def _start(command: Any, *, env: Any = None, cwd: Any = None, **options: Any) -> Any:
    """A function's process."""
    if forked.is_forkable(command, env):
        return _FORK_SERVERS.start(command, cwd, env)
    return subprocess.Popen(command, env=env, cwd=cwd, **options)


# Functions of each minute stay, and those that a dashboard asks.
_IDLE_SECONDS = 90
_EXPRESSIONS = 4096


def _end_idle_functions(_: Any = None) -> int:
    """Ends the last process of a function, too, which the emulator keeps."""
    latest, idle = time.time() - _IDLE_SECONDS, []
    with lambda_runtime._lock:
        for key, workers in list(lambda_runtime._workers.items()):
            ending = [each for each in workers if not each.in_use and each.last_used < latest]
            idle += ending
            lambda_runtime._workers[key] = [each for each in workers if each not in ending]
    lambda_runtime.kill_workers(idle)
    return len(idle)


_LOG_SECONDS = 0.25
_LOG_TURN_SECONDS = 0.001


def _log_of_call(worker: Any, **_: Any) -> str:
    """What the function wrote before it answered: all of it is in the pipe by then, or was read from it."""
    deadline = time.monotonic() + _LOG_SECONDS
    while _unread(worker) and time.monotonic() < deadline:
        time.sleep(_LOG_TURN_SECONDS)
    # The thread that read the last of it has a moment to put it where it is collected.
    time.sleep(_LOG_TURN_SECONDS)
    return str(worker._drain_stderr())


def _unread(worker: Any) -> int:
    """Bytes in the pipe of the function's log; none after its end."""
    if worker._proc is None:
        return 0
    (waiting,) = struct.unpack("i", fcntl.ioctl(worker._proc.stderr, termios.FIONREAD, b"    "))
    return int(waiting)


class _UnpackedOnce(zipfile.ZipFile):
    """Unpacks into a directory that all archives of the same content share, and leaves a link to it. In AWS,
    too, functions do not write into their code."""

    def namelist(self) -> list[str]:
        """The names to check: none of an archive that is unpacked already."""
        return [] if self._shared().exists() else super().namelist()

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        shared = self._shared()
        if not shared.exists():
            unpacked = tempfile.mkdtemp(prefix="unpacking-")
            super().extractall(unpacked, members, pwd)
            try:
                Path(unpacked).rename(shared)
            except OSError:  # another thread was first
                shutil.rmtree(unpacked)
        link = Path(path or ".")
        link.rmdir()
        link.symlink_to(shared)

    def _shared(self) -> Path:
        content = repr([(each.filename, each.CRC, each.file_size) for each in self.infolist()])
        return Path(tempfile.gettempdir()) / f"code-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


if __name__ == "__main__":
    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": _UnpackedOnce})
    lambda_runtime.subprocess = types.SimpleNamespace(**{**vars(subprocess), "Popen": _start})
    lambda_runtime.Worker._drain_stderr_bounded = _log_of_call
    lambda_svc.reap_idle_workers = _end_idle_functions
    iam_actions.request_tag_context = _context
    iam_actions.extract_resource_arn = _resource_of
    iam_evaluator._resolve_condition_key = _value_of
    app._send_response = _send_with_a_body
    iam_evaluator.is_root_access_key = sts.is_root_access_key = _is_root_key
    iam_evaluator._is_root_key = _is_unchecked_key
    hypercorn.asyncio.serve = _serve_and_end
    changesets._apply_transforms = handlers._apply_transforms = _transform_with_parameters
    for module in (engine, changesets, handlers, stacks):
        module._evaluate_conditions = _conditions_with_lists
    provisioners._update_resource = _update_with_attributes
    provisioners._cw_metric_alarm_record = _alarm_on_one_metric
    # It reads the text of an expression again for each row of a partition: three quarters of a query's time.
    for name in ("_tokenize", "_condition_syntax_error"):
        setattr(dynamodb, name, lru_cache(_EXPRESSIONS)(getattr(dynamodb, name)))
    app.main()
