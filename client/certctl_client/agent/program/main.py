"""`certctl-agent`: the agent's commands with Python's own argparse, so that hosts need no package for them.

`tests/unit/client/agent/test_programs.py` holds these options and those of `certctl agent` to be the same.
"""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from certctl_client import __version__
from certctl_client.agent.consent.file import DEFAULT_PATH, ConsentFile
from certctl_client.agent.consent.proposal import write_new
from certctl_client.agent.discovery.journal import CutOvers
from certctl_client.agent.events import log_to_standard_error
from certctl_client.agent.installing.unit import USER
from certctl_client.agent.program import acts, discover
from certctl_client.agent.program.acts import Paths
from certctl_client.agent.program.consents import facts_of, proposed, warnings_of, wishes
from certctl_client.agent.program.install import installed, rehearsed
from certctl_client.agent.program.settings import JOURNALS, LONGEST_POLL, LONGEST_SECRET, SHORTEST_POLL
from certctl_client.agent.state import DEFAULT_DIRECTORY
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.plain_text import one_line, printable

type _Act = Callable[[argparse.Namespace], None]

_TRUE = ("1", "true", "yes", "on", "t", "y")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit code; errors go to standard error."""
    given = parser().parse_args(arguments)
    try:
        given.act(given)
    except CommandError as error:
        _say("\n".join(part for part in (f"Error: {error.message}", error.next_step) if part))
        return error.code
    except KeyboardInterrupt:
        _say("Interrupted.")
        return ExitCode.INTERRUPTED
    return ExitCode.OK


def run() -> None:
    """The console script."""
    sys.exit(main())


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="certctl-agent",
        description="The deployment agent of this host: private keys are generated here and stay here.",
        epilog="First `consent init --write`, `install` and `enroll`, then the service runs (docs/agent.md).",
    )
    top.add_argument("--version", action="version", version=f"certctl-agent {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_enroll(commands)
    _add_run(commands)
    _paths(_command(commands, "once", "Run one round, for a timer.", _once))
    _add_status(commands)
    _add_install(commands)
    _add_consent(commands)
    _add_discover(commands)
    return top


def _command(commands: Any, name: str, text: str, act: _Act) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    made.set_defaults(act=act)
    return made


def _add_enroll(commands: Any) -> None:
    made = _command(
        commands, "enroll", "Make this host an agent, with a bootstrap token or an agent's key.", _enroll
    )
    url = os.environ.get("CERTCTL_URL")
    made.add_argument("--url", default=url, required=url is None, help="https://certctl.example.com")
    made.add_argument("--hostname", help="default: this host's name")
    made.add_argument("--secret-stdin", action="store_true", help="read the token or key from standard input")
    made.add_argument("--force", action="store_true", help="replace the agent that is enrolled here")
    _paths(made)


def _add_run(commands: Any) -> None:
    made = _command(commands, "run", "Poll and do the work until SIGTERM.", _run)
    made.add_argument(
        "--max-poll-seconds",
        type=_pause,
        default=os.environ.get("CERTCTL_AGENT_MAX_POLL_SECONDS", LONGEST_POLL),
        help="maximum pause between polls; the server asks for 300 s while there is no work",
    )
    _paths(made)


def _add_status(commands: Any) -> None:
    made = _command(commands, "status", "Show identity, key expiry, consent and unfinished jobs.", _status)
    _output(made)
    _paths(made)


def _add_install(commands: Any) -> None:
    made = _command(commands, "install", "Create the user, the directories and systemd's unit.", _install)
    made.add_argument("--enable", action="store_true", help="start the agent, now and at boot")
    made.add_argument("--dry-run", action="store_true", help="say what would be done, and show the unit")
    made.add_argument("--force", action="store_true", help="replace files that install did not write")
    _consent_path(made)


def _add_consent(commands: Any) -> None:
    group = commands.add_parser("consent", help="What this host allows its agent to do.")
    consents = group.add_subparsers(required=True, metavar="COMMAND")
    init = _command(consents, "init", "Propose a consent file for the servers installed here.", _init)
    init.add_argument("--write", action="store_true", help="write it to its path, unless that exists")
    init.add_argument("--kind", action="append", help="allow this kind instead of those found; repeatable")
    init.add_argument("--detect", action="store_true", help="with --kind: also allow the servers found here")
    for name in ("--allow-directory", "--allow-command", "--allow-owner", "--allow-verify", "--allow-acm"):
        init.add_argument(name, action="append", help="repeatable")
    init.add_argument("--consent", type=Path, default=_default_consent())
    show = _command(consents, "show", "Show what the file allows.", _show)
    _output(show)
    _consent_path(show)
    _consent_path(_command(consents, "check", "Check the file; exit code 2 if it is not valid.", _check))


def _add_discover(commands: Any) -> None:
    made = _command(
        commands,
        "discover",
        "Find the certificates that web servers here serve, and plan their move.",
        _discover,
    )
    made.add_argument("--server", action="append", help='KIND=COMMAND, for "NGINX=nginx -c FILE"; repeatable')
    made.add_argument("--reload", action="append", help="KIND=COMMAND that reloads the server; repeatable")
    made.add_argument("--only", action="append", help="only certificates with this name; repeatable")
    made.add_argument("--owner", default=USER, help="the agent's user, who gets the new files")
    made.add_argument(
        "--apply", action="store_true", help="make the changes of the plan, after a confirmation"
    )
    made.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    made.add_argument("--undo", metavar="ID", help="undo this cut-over, also one that was interrupted")
    made.add_argument("--journals", type=Path, default=_default_journals(), help="what undoing needs")
    _output(made)
    state = Path(os.environ.get("CERTCTL_AGENT_STATE_DIR", DEFAULT_DIRECTORY))
    made.add_argument(
        "--state-dir", type=Path, default=state, help="the agent's keys, to know what it manages"
    )
    made.add_argument("--consent", type=Path, default=_default_consent(), help="the consent file to add to")


def _paths(made: argparse.ArgumentParser) -> None:
    state = Path(os.environ.get("CERTCTL_AGENT_STATE_DIR", DEFAULT_DIRECTORY))
    made.add_argument("--state-dir", type=Path, default=state, help="keys, journals and configuration")
    _consent_path(made)


def _consent_path(made: argparse.ArgumentParser) -> None:
    own = os.environ.get("CERTCTL_AGENT_OWN_CONSENT", "").lower() in _TRUE
    made.add_argument("--consent", type=Path, default=_default_consent(), help="what this host allows: TOML")
    made.add_argument(
        "--own-consent",
        action="store_true",
        default=own,
        help="for a trial: any owner of that file is accepted",
    )


def _output(made: argparse.ArgumentParser) -> None:
    made.add_argument("-o", "--output", choices=("table", "json"), default="table")


def _default_consent() -> Path:
    return Path(os.environ.get("CERTCTL_AGENT_CONSENT", DEFAULT_PATH))


def _default_journals() -> Path:
    return Path(os.environ.get("CERTCTL_AGENT_JOURNALS", JOURNALS))


def _pause(text: str) -> float:
    seconds = float(text)
    if not SHORTEST_POLL <= seconds <= LONGEST_POLL:
        raise argparse.ArgumentTypeError(f"{text} is not between {SHORTEST_POLL:g} and {LONGEST_POLL:g}")
    return seconds


def _enroll(given: argparse.Namespace) -> None:
    read = (lambda: sys.stdin.readline(LONGEST_SECRET)) if given.secret_stdin else None
    secret = acts.secret_from(read, _prompted)
    _say(acts.enrolled(_paths_of(given), given.url, given.hostname, secret, given.force))


def _prompted() -> str:
    return getpass.getpass("Bootstrap token or agent key: ") if sys.stdin.isatty() else ""


def _run(given: argparse.Namespace) -> None:
    acts.run(_paths_of(given), given.max_poll_seconds, log_to_standard_error(os.environ))


def _once(given: argparse.Namespace) -> None:
    acts.once(_paths_of(given), log_to_standard_error(os.environ))


def _status(given: argparse.Namespace) -> None:
    _show_facts(acts.status_of(_paths_of(given)), given.output)


def _install(given: argparse.Namespace) -> None:
    if given.dry_run:
        return rehearsed(_consent_of(given), given.enable, _say, _write)
    installed(_consent_of(given), given.enable, given.force, _say)


def _init(given: argparse.Namespace) -> None:
    requested = wishes(
        given.kind,
        given.allow_directory,
        given.allow_command,
        given.allow_owner,
        given.allow_verify,
        given.allow_acm,
    )
    text, remarks = proposed(requested, given.detect, given.consent)
    for remark in remarks:
        _say(remark)
    if not given.write:
        return _write(text)
    write_new(given.consent, text)
    _say(f"{given.consent} was written. Read what it allows, and create the directories that it names.")


def _show(given: argparse.Namespace) -> None:
    _show_facts(facts_of(_consent_of(given).required()), given.output)


def _check(given: argparse.Namespace) -> None:
    for warning in warnings_of(_consent_of(given).required()):
        _say(f"Warning: {warning}")
    _say(f"{given.consent} is valid.")


def _discover(given: argparse.Namespace) -> None:
    discover.require_one_act(given.apply, given.undo)
    journals = CutOvers(given.journals)
    if given.undo:
        return discover.undone(journals, given.undo, _say)
    search = discover.Search(
        *(given.server or (), given.reload or (), given.only or (), given.owner),
        *(given.state_dir, given.consent, journals),
    )
    plan = search.plan(datetime.now(UTC))
    _write(discover.shown(search, plan, given.output))
    if given.apply:
        discover.require_confirmation(given.yes, _asked)
        discover.applied(search, plan, _say)
    return None


def _asked(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline()


def _paths_of(given: argparse.Namespace) -> Paths:
    return Paths(given.state_dir, _consent_of(given))


def _consent_of(given: argparse.Namespace) -> ConsentFile:
    return ConsentFile(given.consent, given.own_consent)


def _show_facts(facts: Mapping[str, Any], output: str) -> None:
    if output == "json":
        return _write(json.dumps(facts, indent=2) + "\n")
    width = max(map(len, facts))
    for name, value in facts.items():
        _write(f"{name.ljust(width)}  {_cell(value)}\n")


def _cell(value: Any) -> str:
    if value in (None, "", [], {}):
        return "-"
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 10_000)


def _write(text: str) -> None:
    sys.stdout.write(text)


def _say(message: str) -> None:
    sys.stderr.write(printable(message, 10_000) + "\n")
