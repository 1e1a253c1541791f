"""moto in process: the tables of template.yaml, and clients that connect to nothing else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.loaders import create_loader
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from certctl.store.database import Database, connect
from certctl.store.models import MODELS
from tests.support.template import create_tables, table_definitions

REGION = "eu-central-1"
# botocore takes 50 ms to load the model of a client, and every test makes one.
_LOADER = create_loader()


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


def _session() -> botocore.session.Session:
    session = botocore.session.get_session()
    session.register_component("data_loader", _LOADER)
    return session


def _one_at_a_time(call_action: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """moto's tables are defaultdicts: a read adds a missing key while another thread iterates over them."""
    lock = threading.RLock()

    def call(handler: Any) -> Any:
        with lock:
            return call_action(handler)

    return call


def new_database() -> Database:
    create_tables(client("dynamodb"))
    names = {definition["TableName"]: definition["TableName"] for definition in table_definitions()}
    return connect(MODELS, names, REGION)


@cache
def client(service: Any) -> Any:
    """One for the whole process: the moto context that is active at each call serves it."""
    session = _session()
    session.set_credentials("testing", "testing")
    return session.create_client(service, region_name=REGION)
