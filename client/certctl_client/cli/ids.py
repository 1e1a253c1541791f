"""Completion of ids: of what an argument or option is an id follows from its name."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certctl_client.api.resources import Stack

_MOST = 100
_PAGE = {"per_page": _MOST}
_CATALOG = {
    "access_rule": "access-rules",
    "agent": "agents",
    "identity_provider": "identity-providers",
    "issuer": "issuers",
    "owner": "owners",
    "policy": "policies",
    "profile": "profiles",
    "renewal_policy": "renewal-policies",
    "service_account": "service-accounts",
    "target": "targets",
    "team": "teams",
    "trust_rule": "trust-rules",
    "user": "users",
}

type _Read = Callable[["Stack", str], Iterable[Mapping[str, Any]]]


def _certificates(stack: "Stack", typed: str) -> Iterable[Mapping[str, Any]]:
    """Certificates by a search, which finds an id by its beginning, however many certificates there are."""
    return stack.certificates.all({"per_page": _MOST, "search": typed} if typed else {"per_page": _MOST})


def _of_catalog(path: str) -> _Read:
    return lambda stack, _: stack.catalog(path).all(_PAGE)


_READS: Mapping[str, _Read] = {
    **{name: _of_catalog(path) for name, path in _CATALOG.items()},
    "certificate": _certificates,
    "job": lambda stack, _: stack.jobs.all({"per_page": _MOST}),
    "channel": lambda stack, _: stack.channels.all({"per_page": _MOST}),
    "notification": lambda stack, _: stack.notifications.all({"per_page": _MOST}),
    "ids": lambda stack, _: stack.notifications.all({"per_page": _MOST}),
    "key": lambda stack, _: stack.keys.all({"per_page": _MOST}),
    "event": lambda stack, _: stack.audit.all({"per_page": _MOST}),
    "ca": lambda stack, _: stack.authorities.all(),
    "campaign": lambda stack, _: stack.campaigns.all({"per_page": _MOST}),
    "mute": lambda stack, _: stack.mutes.all({"per_page": _MOST}),
    "rule": lambda stack, _: stack.routing.all({"per_page": _MOST}),
    "token": lambda stack, _: stack.related.bootstrap_tokens({"per_page": _MOST}),
}
_ONLY_WITH_ID = frozenset({"ca", "key", "token", "rule", "event"})
"""Words that also name files and other options: an id only as `ca_id`."""


def source_of(name: str) -> _Read | None:
    """`certificate_ids`, `certificate_id` and `certificate` -> the certificates."""
    what = name.removesuffix("_ids").removesuffix("_id")
    return None if what == name and what in _ONLY_WITH_ID else _READS.get(what)


def complete_ids(param: Any) -> None:
    """Gives a parameter the completion that its name asks for, unless it has its own."""
    read = source_of(param.name or "")
    if read is not None and param._custom_shell_complete is None and not getattr(param, "is_flag", False):
        param._custom_shell_complete = lambda _ctx, _param, typed: beginning(typed, read)


def completed_ids(path: str) -> Callable[[str], list[str]]:
    """Completes the ids of a kind of catalog record."""
    return lambda incomplete: beginning(incomplete, _of_catalog(path))


def beginning(typed: str, read: _Read) -> list[str]:
    """The first ids that begin with the typed text. Errors are swallowed: a completing shell must not print
    them."""
    from certctl_client.api.resources import Stack
    from certctl_client.api.retrying import RetryPolicy
    from certctl_client.api.transport import Api
    from certctl_client.errors import CommandError
    from certctl_client.settings import load_settings

    with suppress(CommandError), Api(load_settings(os.environ), RetryPolicy(attempts=1)) as api:
        found = islice(read(Stack(api), typed), _MOST)
        ids = [str(record.get("id") or record.get("ca_id")) for record in found]
        return [each for each in ids if each.startswith(typed)]
    return []
