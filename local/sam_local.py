"""`make sam-local-env`: what `sam local` needs to run a function in a container against the running stack.

Writes into `.local/sam-local/`: `env.json` (each function's own environment, with the emulator's endpoint),
`credentials` (of the emulator's root user) and, with EVENT=@events/..., `event.json`. `sam local` passes no
variable that the template does not have, so the built template gets one for the endpoint, in a copy beside
its artefacts.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.build import BUILD
from local.console import say
from local.emulator.account import RootKey
from local.emulator.state import write_private, write_private_text
from local.events import EventError, function_of, read_event
from local.settings import TOOLS, read_options
from local.stack.outputs import account_of, path
from local.stack.template import parse_cloudformation

ENDPOINT = "AWS_ENDPOINT_URL"
FOLDER = TOOLS / "sam-local"
CREDENTIALS = FOLDER / "credentials"
TEMPLATE = BUILD / "artifacts" / "sam-local.json"


def logical_id(folder: str) -> str:
    """`crl_publisher` -> `CrlPublisherFunction`."""
    return "".join(word.capitalize() for word in folder.split("_")) + "Function"


def environments(stack: Mapping[str, Any], host: str) -> dict[str, dict[str, str]]:
    """Logical id -> variables, as the emulator gives them; `host` is this machine's name in a container."""
    account = account_of(stack)
    client = account.session().client("lambda", endpoint_url=account.endpoint)
    found = {}
    for folder, function in stack["functions"].items():
        described = client.get_function_configuration(FunctionName=function)
        variables = {**described["Environment"]["Variables"], ENDPOINT: account.endpoint}
        found[logical_id(folder)] = {name: _seen_from(host, text) for name, text in variables.items()}
    return found


def _seen_from(host: str, text: str) -> str:
    """URLs of the emulator and its queues."""
    return text.replace("http://127.0.0.1:", f"http://{host}:")


def with_endpoint(template: Mapping[str, Any]) -> dict[str, Any]:
    """A copy whose functions all have the endpoint's variable."""
    copied: dict[str, Any] = json.loads(json.dumps(template))
    copied["Globals"]["Function"]["Environment"]["Variables"][ENDPOINT] = ""
    return copied


def main() -> None:
    running = path(read_options(os.environ).directory)
    if not running.exists():
        sys.exit("no stack is running here: start one with `make run`")
    stack = json.loads(running.read_text())
    built = parse_cloudformation((BUILD / "artifacts" / "template.yaml").read_text())
    TEMPLATE.write_text(json.dumps(with_endpoint(built), indent=1))
    write_private(FOLDER / "env.json", environments(stack, os.environ.get("HOST") or "127.0.0.1"))
    event = os.environ.get("EVENT", "")
    if event:
        _write_event(event, stack)
    write_private_text(CREDENTIALS, _credentials(account_of(stack).key))
    _explain(function_of(event) or "public_api", bool(event))


def _credentials(key: RootKey) -> str:
    """An AWS shared credentials file: on a command line, `ps` would show them."""
    return f"[default]\naws_access_key_id = {key.id}\naws_secret_access_key = {key.secret}\n"


def _write_event(text: str, stack: Mapping[str, Any]) -> None:
    try:
        write_private(FOLDER / "event.json", read_event(text, {**os.environ, "API_KEY": stack["api_key"]}))
    except EventError as problem:
        sys.exit(f"make sam-local-env: {problem}")


def _explain(folder: str, has_event: bool) -> None:
    sam = Path(".local/env/sam/bin/sam")
    common = f"-t {_shown(TEMPLATE)} --env-vars {_shown(FOLDER / 'env.json')} --docker-network host"
    event = f" -e {_shown(FOLDER / 'event.json')}" if has_event else ""
    say(f"export AWS_SHARED_CREDENTIALS_FILE={_shown(CREDENTIALS)} AWS_DEFAULT_REGION=us-east-1")
    say(f"{sam} local invoke {logical_id(folder)} {common}{event}")
    say(f"{sam} local start-api {common} --port 3000")


def _shown(path: Path) -> Path:
    return path.relative_to(TOOLS.parent)


if __name__ == "__main__":
    main()
