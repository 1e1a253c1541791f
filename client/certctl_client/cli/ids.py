"""Completion of ids: of what an argument or option is an id follows from its name."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from certctl_client.plain_text import reduced

_MOST = 100
_SEARCHED = 2
"""Characters that the search for certificates takes at least."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
"""Ids as the API makes them. bash inserts an id unquoted: any other text is not offered."""
_NAMES = ("name", "certificate_name", "subject", "hostname_pattern", "reason", "kind", "type")


@dataclass(frozen=True)
class Source:
    """A list of the API: its path, the field with an id, and whether it can be searched."""

    path: str
    key: str = "id"
    is_searched: bool = False

    def query(self, typed: str) -> dict[str, str]:
        """The whole list until the typed text is long enough to search for."""
        if self.is_searched and len(typed) >= _SEARCHED:
            return {"per_page": str(_MOST), "search": typed}
        return {"per_page": str(_MOST)} if self.key == "id" else {}


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
SOURCES: Mapping[str, Source] = {
    **{name: Source(path) for name, path in _CATALOG.items()},
    "certificate": Source("certificates", is_searched=True),
    "job": Source("jobs"),
    "channel": Source("channels"),
    "notification": Source("notifications"),
    "ids": Source("notifications"),
    "key": Source("api-keys"),
    "event": Source("audit"),
    "ca": Source("authorities", "ca_id"),
    "campaign": Source("campaigns"),
    "mute": Source("notifications/mutes"),
    "rule": Source("notifications/routing"),
    "token": Source("agents/bootstrap-tokens"),
}
_ONLY_WITH_ID = frozenset({"ca", "key", "token", "rule", "event"})
"""Words that also name files and other options: an id only as `ca_id`."""


def source_of(name: str) -> Source | None:
    """`certificate_ids`, `certificate_id` and `certificate` -> the certificates."""
    what = name.removesuffix("_ids").removesuffix("_id")
    return None if what == name and what in _ONLY_WITH_ID else SOURCES.get(what)


def complete_ids(param: Any) -> None:
    """Gives a parameter the completion that its name asks for, unless it has its own."""
    source = source_of(param.name or "")
    if source is not None and param._custom_shell_complete is None and not getattr(param, "is_flag", False):
        param._custom_shell_complete = lambda _ctx, _param, typed: [
            _item(*each) for each in beginning(typed, source)
        ]


def completed_ids(path: str) -> Callable[[str], list[tuple[str, str]]]:
    """Completes the ids of a kind of catalog record."""
    return lambda incomplete: beginning(incomplete, Source(path))


def beginning(typed: str, source: Source) -> list[tuple[str, str]]:
    """The first ids that begin with the typed text, each with a reduced name, which shells show beside it: a
    stranger may have chosen the name. Errors are swallowed: a completing shell must not print them."""
    from certctl_client.api.one_page import first_page
    from certctl_client.errors import CommandError
    from certctl_client.settings import load_settings

    with suppress(CommandError):
        found = first_page(load_settings(os.environ), source.path, source.query(typed))
        by_id = {str(record.get(source.key, "")): record for record in found}
        return [
            (record_id, reduced(_name_of(record, record_id)))
            for record_id, record in by_id.items()
            if record_id.startswith(typed) and _PLAIN_ID.fullmatch(record_id)
        ]
    return []


def _name_of(record: Mapping[str, Any], record_id: str) -> str:
    """A name that says more than the id, or nothing."""
    names: Sequence[Any] = [record.get(field) for field in _NAMES]
    return next((str(name) for name in names if name and name != record_id), "")


def _item(record_id: str, name: str) -> Any:
    from typer._click.shell_completion import CompletionItem

    return CompletionItem(record_id, help=name or None)
