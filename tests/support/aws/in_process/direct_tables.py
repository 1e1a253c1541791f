"""moto's tables without a request: no endpoint, no headers, no JSON, no matching of URLs. All that takes two
thirds of a call, and the suite makes a million.

An operation that fails is left to the usual way: it has changed nothing, and fails there again, with moto's
own answer. tests/integration/store/test_direct_tables.py: the answers are the same.
"""

import json
import threading
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_LAST
from botocore.model import OperationModel, Shape
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from tests.support.aws.in_process.laid_down import REGION

_URL = f"https://dynamodb.{REGION}.amazonaws.com"
_PARSED_BY: Any = PROTOCOL_PARSERS["json"]
_OK = 200
ONE_AT_A_TIME = threading.RLock()
"""moto's tables are defaultdicts: a read adds a missing key while another thread iterates over them."""

_DIRECT = frozenset(
    [
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactWriteItems"),
    ]
)

_Client: Any = BaseClient
_call_api = _Client._make_api_call
_emit_params = _Client._emit_api_params


class _Answered(Exception):
    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("before a request is made")
        self.answer = answer


def answer_directly(patch: pytest.MonkeyPatch) -> None:
    """Lasts as long as the patch."""
    patch.setattr(BaseClient, "_make_api_call", _called)
    patch.setattr(BaseClient, "_emit_api_params", _emitted)


def _called(client: Any, operation: str, params: dict[str, Any]) -> Any:
    try:
        return _call_api(client, operation, params)
    except _Answered as answered:
        return answered.answer


def _emitted(client: Any, api_params: Any, operation_model: OperationModel, context: Any) -> Any:
    """All that listens to parameters has read them by the time of the answer."""
    params = _emit_params(client, api_params, operation_model, context)
    if not _is_direct(client, operation_model.name) or not _is_valid(client, params, operation_model):
        return params
    copied = _copier(_operation(operation_model.name).input_shape)(params)
    if (answer := _answer(operation_model.name, copied)) is not None:
        raise _Answered(answer)
    return params


def _is_direct(client: Any, operation: str) -> bool:
    return (
        operation in _DIRECT
        and client.meta.endpoint_url == _URL
        and botocore_stubber.enabled
        and not _is_listened_to(client.meta.events, f"before-call.dynamodb.{operation}")
    )


def _is_listened_to(events: Any, name: str) -> bool:
    """Whether a test is to see the request, or to answer it."""
    emitter = events._emitter
    if (found := emitter._lookup_cache.get(name)) is None:
        found = emitter._lookup_cache[name] = emitter._handlers.prefix_search(name)
    return any(handler not in _BUILT_IN for handler in found)


def _is_valid(client: Any, params: Any, model: OperationModel) -> bool:
    """Left to the usual way otherwise, which says what is wrong."""
    validator = getattr(client._serializer, "_param_validator", None)
    return validator is None or not validator.validate(params, model.input_shape).has_errors()


def _answer(operation: str, params: Any) -> dict[str, Any] | None:
    """Nothing if the operation fails."""
    handler: Any = DynamoHandler()
    handler.region, handler.current_account = REGION, DEFAULT_ACCOUNT_ID
    handler.body = handler.params = params
    try:
        with ONE_AT_A_TIME:
            result = getattr(handler, xform_name(operation))().result
    except (ServiceException, HTTPException):
        return None
    members = _operation(operation).output_shape.members
    answer = {name: value for name, value in result.items() if value is not None and name in members}
    return answer | {"ResponseMetadata": {"HTTPStatusCode": _OK, "HTTPHeaders": {}, "RetryAttempts": 0}}


@cache
def _operation(name: str) -> Any:
    """The operation with the changes that moto makes to botocore's model."""
    return get_service_model("dynamodb").operation_model(name)


_COPIERS: dict[str, Callable[[Any], Any]] = {}


def _copier(shape: Shape) -> Callable[[Any], Any]:
    """Copies what a caller gave as moto reads it from a request."""
    if shape.name not in _COPIERS:
        _add_copier(shape)
    return _COPIERS[shape.name]


def _add_copier(shape: Any) -> None:
    """A value is within values: its copier is known before those of its members are."""
    match shape.type_name:
        case "structure":
            members: dict[str, Callable[[Any], Any]] = {}
            _COPIERS[shape.name] = partial(_copy_structure, members)
            members.update({name: _copier(member) for name, member in shape.members.items()})
        case "map":
            _COPIERS[shape.name] = partial(_copy_map, _copier(shape.value))
        case "list":
            _COPIERS[shape.name] = partial(_copy_list, _copier(shape.member))
        case "blob":
            _COPIERS[shape.name] = _copy_blob
        case "integer" | "long":
            _COPIERS[shape.name] = int
        case _:
            _COPIERS[shape.name] = _unchanged


def _copy_structure(members: Mapping[str, Callable[[Any], Any]], given: Any) -> Any:
    return {name: members[name](value) for name, value in given.items() if value is not None}


def _copy_map(copied: Callable[[Any], Any], given: Any) -> Any:
    return {name: copied(value) for name, value in given.items()}


def _copy_list(copied: Callable[[Any], Any], given: Any) -> Any:
    return [copied(value) for value in given]


def _copy_blob(given: Any) -> bytes:
    return given.encode() if isinstance(given, str) else bytes(given)


def _unchanged(given: Any) -> Any:
    return given


def _call(model: OperationModel, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, Any] | None:
    """The answer to `before-call`, after what a test has registered: botocore then sends nothing."""
    if not botocore_stubber.enabled or params["url"] != f"{_URL}/" or model.name not in _DIRECT:
        return None
    operation = _operation(model.name)
    given = _PARSED_BY(operation, map_type=dict)._parse_shape(
        operation.input_shape, json.loads(params["body"])
    )
    answer = _answer(model.name, given)
    return (AWSResponse(_URL, _OK, HTTPHeaders(), None), answer) if answer is not None else None


# In each session of botocore made from here on, by any code.
BUILTIN_HANDLERS.append(("before-call.dynamodb", _call, REGISTER_LAST))
_BUILT_IN = {handler for _, handler, *_ in BUILTIN_HANDLERS if callable(handler)}
