"""An emulator with no stack in it: an AWS account on its first day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import emulator
from local.settings import ACCESS_KEY, REGION, SECRET_KEY
from local.state import StateDirectory


@dataclass(frozen=True)
class Account:
    url: str

    def client(self, service: Any) -> Any:
        import boto3  # after moto, which patches it

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )


@contextmanager
def empty_account(folder: Path) -> Iterator[Account]:
    state = StateDirectory(folder)
    state.open()
    machine = emulator.start(state.live, emulator.any_free_port(), folder / "emulator.log")
    try:
        yield Account(machine.url)
    finally:
        # Nobody continues this state, so nobody waits for it to be saved; functions end with their input.
        machine.process.kill()
        machine.process.wait()
