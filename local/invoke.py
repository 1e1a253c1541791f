"""`make invoke FUNCTION=<folder> [EVENT='{...}']`, or `EVENT=@events/<folder>/<name>.json` alone: calls one
function of the running stack directly."""

import base64
import json
import os
import sys
from typing import Any

from local.emulator.account import Account
from local.events import EventError, function_of, read_event
from local.settings import read_options
from local.stack.deploy import PATIENT
from local.stack.outputs import account_of, path


def invoke(account: Account, function: str, event: dict[str, Any]) -> tuple[dict[str, Any], str, bool]:
    """(answer, end of the log, failed) of one synchronous invocation."""
    client = account.session().client("lambda", endpoint_url=account.endpoint, config=PATIENT)
    result = client.invoke(FunctionName=function, Payload=json.dumps(event), LogType="Tail")
    answer = json.loads(result["Payload"].read() or "null")
    log = base64.b64decode(result.get("LogResult", "")).decode(errors="replace")
    return answer, log, "FunctionError" in result


def main() -> None:
    """Print the function's log to the error stream and its answer to the output; exit 1 when it failed."""
    running = path(read_options(os.environ).directory)
    if not running.exists():
        sys.exit("no stack is running here: start one with `make run`")
    stack = json.loads(running.read_text())
    text = os.environ.get("EVENT", "")
    folder = os.environ.get("FUNCTION") or function_of(text)
    if folder not in stack["functions"]:
        sys.exit(f"FUNCTION is one of: {', '.join(sorted(stack['functions']))}")
    try:
        event = read_event(text, {**os.environ, "API_KEY": stack["api_key"]})
    except EventError as problem:
        sys.exit(f"make invoke: {problem}")
    answer, log, failed = invoke(account_of(stack), stack["functions"][folder], event)
    sys.stderr.write(log)
    print(json.dumps(answer, indent=2))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
