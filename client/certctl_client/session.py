"""Opens the API for a command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from certctl_client.api import Api
from certctl_client.api.resources import Stack
from certctl_client.settings import load_ca_cert, load_settings


def open_api() -> Api:
    """The API, for a `with` statement. Raises ConfigurationError if URL or key are missing."""
    return Api(load_settings(os.environ))


@contextmanager
def open_stack() -> Iterator[Stack]:
    """The typed API, for a `with` statement. Raises ConfigurationError."""
    with open_api() as api:
        yield Stack(api)


def ca_cert() -> str:
    """The path of the PEM file with further CAs to trust, or an empty text. Raises ConfigurationError."""
    return load_ca_cert(os.environ)
