"""What `discover` does: finds, plans, applies and undoes."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from certctl_client.agent.consent.file import DEFAULT_PATH
from certctl_client.agent.discovery.cutover import CutOver, Say
from certctl_client.agent.discovery.detecting import commands_of, servers_of
from certctl_client.agent.discovery.journal import CutOvers
from certctl_client.agent.discovery.plan import Plan, owner_named, planned
from certctl_client.agent.discovery.showing import as_json, in_words
from certctl_client.agent.discovery.sites import Site, sites_of
from certctl_client.agent.installing.unit import USER
from certctl_client.agent.program.settings import JOURNALS
from certctl_client.agent.state import DEFAULT_DIRECTORY, State
from certctl_client.enrolment.keys import load_key, same_key
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded

_MOST_KEYS, _LONGEST_KEY = 5_000, 64 * 1024


@dataclass(frozen=True)
class Search:
    """`servers` and `reloads` are texts like `NGINX=nginx -c FILE`; `names` select certificates by a name."""

    servers: Sequence[str] = ()
    reloads: Sequence[str] = ()
    names: Sequence[str] = ()
    owner: str = USER
    state: Path = DEFAULT_DIRECTORY
    consent: Path = DEFAULT_PATH
    journals: CutOvers = field(default=CutOvers(JOURNALS))

    def plan(self, now: datetime) -> Plan:
        """Raises CommandError. Changes nothing."""
        found = servers_of(commands_of(self.servers, self.reloads))
        managed = _managed_keys(self.state)
        sites = [site for server in found for site in sites_of(server, managed, now) if self._has(site)]
        if self.names and not sites:
            raise ConfigurationError(f"No certificate here has the name {', '.join(self.names)}.")
        return planned(found, sites, owner_named(self.owner), self.consent)

    def agent_id(self) -> str:
        """The agent of this host; empty if none is enrolled, or its state cannot be read."""
        try:
            return State(self.state).enrolment().agent_id
        except (CommandError, OSError):
            return ""

    def _has(self, site: Site) -> bool:
        return not self.names or bool(set(self.names) & {*site.names, *site.looked.names})


def shown(search: Search, plan: Plan, output: str) -> str:
    """The plan as text or JSON, with a line end."""
    now, cut_overs = datetime.now(UTC), search.journals.all()
    if output == "json":
        return json.dumps(as_json(plan, search.agent_id(), now, cut_overs), indent=2) + "\n"
    return "".join(f"{line}\n" for line in in_words(plan, search.agent_id(), now, cut_overs))


def applied(search: Search, plan: Plan, say: Say) -> None:
    """Raises CommandError; then what was changed has been restored, unless the message says otherwise."""
    if not plan.moves:
        raise CommandError("There is nothing to move.")
    entry = CutOver(search.journals, say).apply(plan, datetime.now(UTC))
    say(f"Applied as {entry.id}. To undo it: certctl agent discover --undo {entry.id}")
    say("If the consent file has new directories: certctl agent install")


def undone(journals: CutOvers, id_: str, say: Say) -> None:
    """Raises CommandError."""
    CutOver(journals, say).undo(id_)
    say(f"{id_} is undone.")


def require_confirmation(is_agreed: bool, ask: Callable[[str], str]) -> None:
    """Raises CommandError unless a person, or --yes, agrees."""
    if is_agreed:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "There is no terminal to ask for confirmation: nothing was changed.", "Add --yes."
        )
    if ask("Apply this plan? [y/N] ").strip().lower() not in ("y", "yes"):
        raise CommandError("Cancelled: nothing was changed.")


def require_one_act(is_applying: bool, undo: str | None) -> None:
    """Raises ConfigurationError for two acts at once."""
    if is_applying and undo:
        raise ConfigurationError("Give either --apply or --undo.")


def _managed_keys(state: Path) -> Callable[[x509.Certificate], bool]:
    """Whether a certificate's key is one of the agent of this host."""
    paths = (
        sorted((state / "certificates").glob("*/*/key.pem")) if os.access(state, os.R_OK | os.X_OK) else []
    )
    keys = [load_key(read_bounded(path, _LONGEST_KEY)) for path in paths[:_MOST_KEYS]]
    return lambda leaf: any(same_key(key, leaf.public_key()) for key in keys)
