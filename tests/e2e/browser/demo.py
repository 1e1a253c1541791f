"""A stack with the demo fleet, for pictures and figures."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.local.stack import LocalStack, started


@contextmanager
def demo_stack() -> Iterator[LocalStack]:
    """The stack of CERTCTL_E2E_OUTPUTS, else a new one."""
    running = os.environ.get("CERTCTL_E2E_OUTPUTS")
    if running:
        yield LocalStack(json.loads(Path(running).read_text()), Path(running).parent)
        return
    with tempfile.TemporaryDirectory() as directory, started(Path(directory), DEMO="1") as stack:
        yield stack
