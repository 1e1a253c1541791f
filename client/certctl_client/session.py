"""What a command that talks to the server begins with."""

import os

from certctl_client.api import Api
from certctl_client.settings import load_settings


def open_api() -> Api:
    """For a `with` statement. Raises ConfigurationError when URL or key are missing."""
    return Api(load_settings(os.environ))
