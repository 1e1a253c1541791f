"""moto in process: the tables of template.yaml, and clients that connect to nothing else."""

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import botocore.session
import pytest
from moto import mock_aws
from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from certctl.store.database import Database, connect
from tests.support.aws.in_process.cheaper_expressions import cheapen
from tests.support.aws.in_process.direct_tables import ONE_AT_A_TIME, answer_directly
from tests.support.aws.in_process.laid_down import REGION, lay_down_tables
from tests.support.aws.moto_kms import mend_kms
from tests.support.template import table_definitions

__all__ = ["REGION", "client", "local_aws", "new_database"]

_SERVICES = frozenset(
    [
        *(
            "acm",
            "awslambda",
            "backup",
            "cloudformation",
            "cloudwatch",
            "dynamodb",
            "events",
            "iam",
            "kms",
            "logs",
        ),
        *("route53", "s3", "scheduler", "secretsmanager", "ses", "sesv2", "sns", "sqs", "ssm", "sts"),
    ]
)
# moto knows 180 services, and makes seven responses for each of them whenever it starts, in each test.
# A service that is missing here answers 404.
backend_url_patterns[:] = [known for known in backend_url_patterns if known[0] in _SERVICES]


@contextmanager
def local_aws() -> Iterator[None]:
    """A client made before this is entered would talk to the network."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.setattr("pynamodb.connection.base.get_session", _session)
        patch.setattr(DynamoHandler, "call_action", _one_at_a_time(DynamoHandler.call_action))
        patch.setattr(BaseJSONSerializer, "_serialize_type_structure", _serialized)
        patch.setattr(DynamoDBBackend, "transact_write_items", _transact_write_items)
        patch.setattr(BaseBackend, "urls", property(_urls))
        mend_kms(patch)
        cheapen(patch)
        answer_directly(patch)
        yield


_serialize_structure = BaseJSONSerializer._serialize_type_structure
_transact = DynamoDBBackend.transact_write_items


def _serialized(serializer: Any, target: Any, value: Any, shape: Any, key: str) -> None:
    """moto looks into each value of a row for each of the ten types, under several names: a fifth of the
    suite's time. A value has one type."""
    if shape.name != "AttributeValue" or type(value) is not dict or not key:
        _serialize_structure(serializer, target, value, shape, key)
        return
    wrapper: dict[str, Any] = {}
    for kind in value.keys() & shape.members.keys():
        serializer._serialize(wrapper, value[kind], shape.members[kind], kind)
    target[key] = wrapper


def _transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
    """To be able to go back, moto copies a table with all its rows for each write to it: here once, and the
    rows that are written."""
    kept: dict[str, Any] = {}

    def copied(table: Any, _: Any) -> Any:
        if table.name not in kept:
            kept[table.name] = _copy_of(table, transact_items)
        return kept[table.name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Table, "__deepcopy__", copied, raising=False)
        _transact(backend, transact_items)


def _copy_of(table: Any, transact_items: list[dict[str, Any]]) -> Any:
    copied = copy.copy(table)
    copied.items = defaultdict(dict, {name: _rows(rows) for name, rows in table.items.items()})
    for operation in (next(iter(each.values())) for each in transact_items):
        if operation["TableName"] == table.name:
            _copy_row(copied, operation.get("Key") or operation["Item"])
    return copied


def _rows(rows: Any) -> Any:
    """The rows by range key, or the one row of a table without."""
    return dict(rows) if isinstance(rows, dict) else rows


def _copy_row(table: Any, row: dict[str, Any]) -> None:
    within, key = table.items, DynamoType(row[table.hash_key_attr])
    if table.range_key_attr:
        within, key = table.items.get(key, {}), DynamoType(row[table.range_key_attr])
    if key in within:
        within[key] = copy.deepcopy(within[key])


_make_urls: Any = vars(BaseBackend)["urls"].fget
_URLS: dict[type, Any] = {}


def _urls(backend: BaseBackend) -> Any:
    """Makes once what moto makes for each request: the table of handlers, for S3 from a module that is loaded
    again."""
    if type(backend) not in _URLS:
        _URLS[type(backend)] = _make_urls(backend)
    return _URLS[type(backend)]


@cache
def _session() -> botocore.session.Session:
    """One for the whole process: it takes 50 ms to read the model of a service, and 10 ms to start."""
    session = botocore.session.get_session()
    session.set_credentials("testing", "testing")
    return session


def _one_at_a_time(call_action: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call(handler: Any) -> Any:
        with ONE_AT_A_TIME:
            return call_action(handler)

    return call


def new_database() -> Database:
    """The client of the connection is made here, because one session makes one client at a time."""
    lay_down_tables()
    names = {definition["TableName"]: definition["TableName"] for definition in table_definitions()}
    database = connect(names, REGION)
    assert database.client
    return database


@cache
def client(service: Any) -> Any:
    """One for the whole process: the moto context that is active at each call serves it."""
    return _session().create_client(service, region_name=REGION)
