"""`make rehearse STACK= REGION= ACCOUNT= CONFIRM=`: in an account of AWS; LOCAL=1: on this machine."""

import os
import signal
import sys
import tempfile
from pathlib import Path

from deploy.errors import run
from deploy.rehearsal.cost import estimate
from deploy.rehearsal.on_aws import OnAws
from deploy.rehearsal.on_this_machine import OnThisMachine
from deploy.rehearsal.steps import Rehearsal, Stage
from local.console import say


def main() -> None:
    # A workflow that is cancelled unwinds like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="certctl-rehearsal-") as folder:
        if not Rehearsal(_stage(Path(folder)), Path(folder)).run():
            sys.exit("make rehearse: not every step passed")
    say("all steps passed, and nothing is left of it but keys that wait for their deletion")


def _stage(folder: Path) -> Stage:
    if os.environ.get("LOCAL", "0") not in ("", "0"):
        return OnThisMachine(folder)
    for line in estimate():
        say(line)
    return OnAws(os.environ, folder)


if __name__ == "__main__":
    run("rehearse", main)
