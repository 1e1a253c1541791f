"""Runs make targets in parallel: `python3.13 -m local.checks.lanes "unit contract" "e2e test-browser"`.

Each argument is a lane: its targets run one after the other, also after a failure, so that one run reports
them all. The output of a target is printed whole when the target has ended. Ctrl-C ends all lanes. Standard
library only.
"""

import asyncio
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import BinaryIO

# pytest ends its stacks and servers on the way out.
_STOP_SECONDS = 120


async def _run(target: str) -> bool:
    """Whether it passed."""
    print(f"==> {target} begins", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = await asyncio.create_subprocess_exec(
            "make",
            "--no-print-directory",
            target,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C comes from here, once.
            start_new_session=True,
        )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            await _stop(process)
            _show(target, output, "stopped", began)
            raise
        _show(target, output, f"failed with status {status}" if status else "passed", began)
    return status == 0


async def _stop(process: asyncio.subprocess.Process) -> None:
    """The target and all that it started: politely first."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _show(target: str, output: BinaryIO, how: str, began: float) -> None:
    print(f"\n==> {target}", flush=True)
    output.seek(0)
    shutil.copyfileobj(output, sys.stdout.buffer)
    print(f"==> {target} {how} after {time.monotonic() - began:.0f} s\n", flush=True)


async def _lane(targets: Sequence[str]) -> list[str]:
    """The targets that failed."""
    return [target for target in targets if not await _run(target)]


async def _all(lanes: Sequence[Sequence[str]]) -> list[str]:
    """The targets that failed. Raises CancelledError after a signal."""
    _cancel_on_signals()
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(_lane(targets)) for targets in lanes]
    return [target for lane in running for target in lane.result()]


def _cancel_on_signals() -> None:
    if (task := asyncio.current_task()) is None:
        raise RuntimeError("no task is running")
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def run(lanes: Sequence[Sequence[str]]) -> int:
    """The exit status."""
    began = time.monotonic()
    try:
        failed = asyncio.run(_all(lanes))
    except asyncio.CancelledError:
        return 130
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
        return 1
    _report(time.monotonic() - began)
    return 0


def _report(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"all lanes passed after {seconds:.0f} s, with {used.ru_utime + used.ru_stime:.0f} s of CPU time")


if __name__ == "__main__":
    sys.exit(run([lane.split() for lane in sys.argv[1:]]))
