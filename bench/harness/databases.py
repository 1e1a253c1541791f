"""DynamoDB Local for one run: needs Java 17 and npm."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from bench.harness.rows import Skipped
from tests.support.aws.dynamodb_local import credentials, new_database, running


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """The URL of one. Raises Skipped without Java or npm."""
    if shutil.which("java") is None or shutil.which("npm") is None:
        raise Skipped("no Java or npm")
    with running() as endpoint:
        yield endpoint


@contextmanager
def tables_of_this_run() -> Iterator[str]:
    """The URL of one for a program that is run by hand, with the template's tables for this process's access
    key. Ends the process without Java or npm."""
    os.environ.update(credentials(uuid4().hex))
    try:
        with dynamodb_local() as endpoint:
            new_database(endpoint)
            yield endpoint
    except Skipped as reason:
        print(f"skipped: {reason}")
        sys.exit()
