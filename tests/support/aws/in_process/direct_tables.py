"""moto's tables without the way by HTTP: no signature, no matching of URLs, no headers. That way takes half
the time of a call, and the suite makes a million.

An operation that fails is left to the usual way: it has changed nothing, and fails there again, with moto's
own answer.
"""

import json
import threading
from typing import Any

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_LAST
from botocore.model import OperationModel
from botocore.parsers import create_parser
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import XFormedAttributePicker, get_serializer_class
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from tests.support.aws.in_process.laid_down import REGION

_URL = f"https://dynamodb.{REGION}.amazonaws.com/"
_PROTOCOL = "json"
_PARSED_BY: Any = PROTOCOL_PARSERS[_PROTOCOL]
_SERIALIZED_BY: Any = get_serializer_class("dynamodb", _PROTOCOL)
_PICKER = XFormedAttributePicker(response_transformers=None)
_RESPONSES: Any = create_parser(_PROTOCOL)
ONE_AT_A_TIME = threading.RLock()
"""moto's tables are defaultdicts: a read adds a missing key while another thread iterates over them."""


def _call(model: OperationModel, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, Any] | None:
    """The answer to `before-call`: botocore then sends nothing."""
    if not botocore_stubber.enabled or params["url"] != _URL:
        return None
    operation = get_service_model("dynamodb").operation_model(model.name)
    handler: Any = DynamoHandler()
    handler.region, handler.current_account = REGION, DEFAULT_ACCOUNT_ID
    handler.body = handler.params = _parsed(operation, params["body"])
    try:
        with ONE_AT_A_TIME:
            answer = getattr(handler, xform_name(model.name))()
            response = _serialized(operation, answer.result)
    except (ServiceException, HTTPException):
        return None
    sent = AWSResponse(_URL, response["status_code"], response["headers"], None)
    return sent, _RESPONSES.parse(response, model.output_shape)


def _parsed(operation: Any, body: bytes) -> Any:
    return _PARSED_BY(operation, map_type=dict)._parse_shape(operation.input_shape, json.loads(body))


def _serialized(operation: Any, result: Any) -> dict[str, Any]:
    serializer = _SERIALIZED_BY(operation_model=operation, pretty_print=False, value_picker=_PICKER)
    response: dict[str, Any] = serializer.serialize(result)
    return response | {"body": response["body"].encode()}


# In each session of botocore made from here on, by any code; after what a test has registered.
BUILTIN_HANDLERS.append(("before-call.dynamodb", _call, REGISTER_LAST))
