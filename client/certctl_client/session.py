"""Opens the API for a command. What sends requests is loaded here, when a command runs: help does without."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from certctl_client.api.resources import Stack
from certctl_client.settings import Settings, load_ca_cert, load_settings

if TYPE_CHECKING:
    from certctl_client.api.transport import Api


def open_api() -> "Api":
    """The API, for a `with` statement. Raises ConfigurationError if URL or key are missing."""
    from certctl_client.api.transport import Api

    return Api(load_settings(os.environ))


@contextmanager
def open_stack() -> Iterator[Stack]:
    """The typed API, for a `with` statement. Raises ConfigurationError."""
    with stack_of(load_settings(os.environ)) as stack:
        yield stack


@contextmanager
def stack_of(settings: Settings) -> Iterator[Stack]:
    """The typed API with these settings, for a `with` statement."""
    from certctl_client.api.transport import Api

    with Api(settings) as api:
        yield Stack(api)


def ca_cert() -> str:
    """The path of the PEM file with further CAs to trust, or an empty text. Raises ConfigurationError."""
    return load_ca_cert(os.environ)
