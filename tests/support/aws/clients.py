"""moto in process: the tables of template.yaml, and clients that connect to nothing else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import botocore.session
import pytest
from moto import mock_aws
from moto.backend_index import backend_url_patterns
from moto.dynamodb.responses import DynamoHandler

from certctl.store.database import Database, connect
from certctl.store.models import MODELS
from tests.support.aws.laid_down import REGION, lay_down_tables
from tests.support.template import table_definitions

__all__ = ["REGION", "client", "local_aws", "new_database"]

_SERVICES = frozenset(
    [
        *("acm", "awslambda", "cloudformation", "dynamodb", "events", "iam", "kms", "logs", "route53"),
        *("s3", "scheduler", "secretsmanager", "ses", "sesv2", "sns", "sqs", "ssm", "sts"),
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
        yield


@cache
def _session() -> botocore.session.Session:
    """One for the whole process: it takes 50 ms to read the model of a service, and 10 ms to start."""
    session = botocore.session.get_session()
    session.set_credentials("testing", "testing")
    return session


def _one_at_a_time(call_action: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """moto's tables are defaultdicts: a read adds a missing key while another thread iterates over them."""
    lock = threading.RLock()

    def call(handler: Any) -> Any:
        with lock:
            return call_action(handler)

    return call


def new_database() -> Database:
    """The client of the connection is made here, because one session makes one client at a time."""
    lay_down_tables()
    names = {definition["TableName"]: definition["TableName"] for definition in table_definitions()}
    database = connect(MODELS, names, REGION)
    assert database.client
    return database


@cache
def client(service: Any) -> Any:
    """One for the whole process: the moto context that is active at each call serves it."""
    return _session().create_client(service, region_name=REGION)
