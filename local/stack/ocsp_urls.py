"""Has the CAs of a new local stack issue, with OCSP URLs, at once, not after the first hourly run."""

import json
import time
from dataclasses import replace

from local.console import say, step
from local.emulator.account import Account
from local.emulator.state import Memory
from local.invoke import invoke
from local.stack.deploy import Stack


def with_ocsp_urls(
    memory: Memory, stack: Stack, account: Account, patience: float = 180.0, pause: float = 1.0
) -> Memory:
    """`memory` of a stack that issues certificates with OCSP URLs. The front door must serve the PKI host by
    now. Asks again for `patience` seconds, for the first question may be over before the responder has
    started; then it is left to the first hourly run."""
    if memory.kept_up:
        return memory
    until = time.monotonic() + patience
    with step("waiting until the CAs are served, and issue"):
        while True:
            answer, _, failed = invoke(account, stack.functions["stack_admin"], {"action": "upkeep"})
            if not failed and not answer["waiting"] and not answer["ocsp_waiting"]:
                return replace(memory, kept_up=True)
            if time.monotonic() > until:
                break
            time.sleep(pause)
    say(f"warning: no certificate is issued yet, or none with an OCSP URL: {json.dumps(answer)}")
    return memory
