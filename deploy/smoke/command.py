"""`make smoke STACK= REGION= API_KEY=`: tries a stack from outside, a line a step; LOCAL=1: the local one."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError, run
from deploy.smoke.place import read_place, settings
from deploy.smoke.tour import Tour
from local.console import say

# A broken stack fails a step with these; any other error is a fault of the step.
_FAILURES = (DeployError, BotoCoreError, ClientError, OSError, KeyError, ValueError)


def main() -> None:
    mail = _mail()
    place = read_place(os.environ)
    say(f"{place.target.stack} at {place.api_url}")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as undo:
        tour = Tour(place, Path(folder), undo)
        steps = tour.steps(rotates=settings("ROTATE") not in ("", "0"), mail=mail)
        failed = [name for name, step in steps if not passed(name, step)]
    if failed:
        sys.exit(f"{len(failed)} steps failed: {'; '.join(failed)}")
    say("all steps passed; what they made is removed, but for the revoked certificate and the audit trail")


def _mail() -> tuple[str, str] | None:
    sender, recipient = settings("MAIL_FROM"), settings("MAIL_TO")
    if bool(sender) != bool(recipient):
        raise DeployError(
            "MAIL_FROM (verified in SES) and MAIL_TO (too, while SES is in its sandbox) go together"
        )
    return (sender, recipient) if sender else None


def passed(name: str, step: Callable[[], None]) -> bool:
    began = time.monotonic()
    try:
        step()
    except _FAILURES as problem:
        reason = str(problem) if isinstance(problem, DeployError) else f"{type(problem).__name__}: {problem}"
        say(f"FAILED {time.monotonic() - began:6.1f} s  {name}: {reason}")
        return False
    say(f"ok     {time.monotonic() - began:6.1f} s  {name}")
    return True


if __name__ == "__main__":
    run("smoke", main)
