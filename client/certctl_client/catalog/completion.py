"""Ids for shell completion. Errors are swallowed: a shell that completes must not print them."""

import os
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from certctl_client.api import Api
from certctl_client.api.resources import Stack
from certctl_client.api.retrying import RetryPolicy
from certctl_client.errors import CommandError
from certctl_client.settings import load_settings

_MOST = 100


def completed_ids(path: str) -> Callable[[str], list[str]]:
    """Completes the ids of a kind: the first that begin with the typed text."""

    def complete(incomplete: str) -> list[str]:
        with suppress(CommandError), Api(load_settings(os.environ), RetryPolicy(attempts=1)) as api:
            entries = islice(Stack(api).catalog(path).all({"per_page": _MOST}), _MOST)
            return [str(entry["id"]) for entry in entries if str(entry["id"]).startswith(incomplete)]
        return []

    return complete
