"""What `consent init`, `show` and `check` do."""

import grp
import pwd
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.consent.proposal import Wishes, found_on, proposal
from certctl_client.errors import ConfigurationError

ETC = Path("/etc")
NO_SERVER = "No NGINX, Apache or HAProxy is installed here: the file allows no kind of target yet."
NO_DIRECTORY = "The file allows no directory yet: name one with --allow-directory, or add --detect."


def proposed(requested: Wishes, is_detecting: bool, path: Path, etc: Path = ETC) -> tuple[str, Sequence[str]]:
    """The text of a consent file for this host, and what to say about it. Servers are looked for if the
    request names no kind, or if `is_detecting`. Raises ConfigurationError."""
    found = found_on(etc) if is_detecting or not requested.kinds else Wishes()
    return proposal(found, requested, path), list(_remarks(found, requested))


def _remarks(found: Wishes, requested: Wishes) -> Iterator[str]:
    if not (found.kinds or requested.kinds):
        yield NO_SERVER
    if requested.kinds and not (found.directories or requested.directories):
        yield NO_DIRECTORY


def wishes(
    kinds: Sequence[str] | None,
    directories: Sequence[str] | None,
    commands: Sequence[str] | None,
    owners: Sequence[str] | None,
    addresses: Sequence[str] | None,
    acm_arns: Sequence[str] | None,
) -> Wishes:
    """Raises ConfigurationError."""
    words = [_words_of(text) for text in commands or ()]
    return Wishes(kinds or (), directories or (), words, owners or (), addresses or (), acm_arns or ())


def facts_of(consent: Consent) -> Mapping[str, Any]:
    shown = consent.as_wire
    return {**shown, "commands": [shlex.join(command) for command in consent.commands]}


def warnings_of(consent: Consent) -> Iterator[str]:
    for name in consent.open_lists:
        yield f"{name}: anyone who may edit a target decides without limits."
    if not consent.kinds:
        yield "no kind is allowed, so every target is refused."
    if "ACM" in consent.kinds and not (consent.acm_arns or consent.any_acm_arn):
        yield "acm_arns names no certificate, so every target of type ACM is refused."
    for directory in consent.directories:
        if not Path(directory).is_dir():
            yield f"{directory} does not exist."
    for name in consent.owners:
        if not _is_known(name):
            yield f"this host has no user or group {name!r}."


def refuse_flags(directories: Sequence[str] | None, commands: Sequence[str] | None) -> None:
    """Refuses flags of earlier releases. Raises ConfigurationError, which names the command to use now."""
    if not directories and not commands:
        return
    words = [word for text in directories or () for word in ("--allow-directory", text)]
    words += [word for text in commands or () for word in ("--allow-command", text)]
    raise ConfigurationError(
        "This host's consent file defines what the agent may do, not the enrolment.",
        f"As root: certctl agent consent init --write {shlex.join(words)}",
    )


def _words_of(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is not a command.") from None
    if not words:
        raise ConfigurationError("--allow-command names no program.")
    return words


def _is_known(name: str) -> bool:
    for look in (pwd.getpwnam, grp.getgrnam):
        try:
            look(name)
        except KeyError:
            continue
        return True
    return False
