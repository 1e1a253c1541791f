"""What a command that talks to the server begins with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from certctl_client.api import Api
from certctl_client.api.resources import Stack
from certctl_client.settings import load_settings


def open_api() -> Api:
    """For a `with` statement. Raises ConfigurationError when URL or key are missing."""
    return Api(load_settings(os.environ))


@contextmanager
def open_stack() -> Iterator[Stack]:
    """The same, by what the server has."""
    with open_api() as api:
        yield Stack(api)
