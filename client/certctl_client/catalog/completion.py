"""Ids that the shell offers. It tells nobody why it has none: the shell is no place for that."""

import os
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from certctl_client.api import Api
from certctl_client.api.resources import Stack
from certctl_client.errors import CommandError
from certctl_client.retrying import RetryPolicy
from certctl_client.settings import load_settings

_MOST = 100


def completed_ids(path: str) -> Callable[[str], list[str]]:
    """The first ids of a kind that begin with what is typed."""

    def complete(incomplete: str) -> list[str]:
        with suppress(CommandError), Api(load_settings(os.environ), RetryPolicy(attempts=1)) as api:
            entries = islice(Stack(api).catalog(path).all({"per_page": _MOST}), _MOST)
            return [str(entry["id"]) for entry in entries if str(entry["id"]).startswith(incomplete)]
        return []

    return complete
