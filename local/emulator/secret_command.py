"""`make secret NAME=slack-ops`: stores a secret of a channel in the running stack and prints its name."""

import json
import os
import re
import sys
from collections.abc import Mapping
from getpass import getpass

from local.emulator.secret_store import SecretStore, secret_store
from local.settings import STACK, read_options
from local.stack.outputs import account_of, path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_KINDS = ("channels", "issuers", "identity")


def name_in(environment: Mapping[str, str]) -> str:
    """The full name of the secret, from NAME and KIND. Raises ValueError."""
    name, kind = environment.get("NAME", ""), environment.get("KIND") or "channels"
    if kind not in _KINDS:
        raise ValueError(f"KIND is one of: {', '.join(_KINDS)}")
    if not _NAME.fullmatch(name):
        raise ValueError("NAME is missing, or not of letters, digits, dots, hyphens and underscores")
    return f"certctl/{STACK}/{kind}/{name}"


def stored(store: SecretStore, name: str, value: str) -> str:
    """Stores the value without the white space around it. Raises ValueError if nothing is left."""
    if not value.strip():
        raise ValueError("the value is empty")
    return store.put_secret(name, value.strip())


def _value() -> str:
    """From a pipe, or typed: an argument would stay in the shell's history."""
    return getpass("Value: ") if sys.stdin.isatty() else sys.stdin.read()


def main() -> None:
    running = path(read_options(os.environ).directory)
    if not running.exists():
        sys.exit("no stack is running here: start one with `make run`")
    account = account_of(json.loads(running.read_text()))
    try:
        print(stored(secret_store(account), name_in(os.environ), _value()))
    except ValueError as problem:
        sys.exit(f"make secret: {problem}")


if __name__ == "__main__":
    main()
