"""An emulator with no stack in it: an AWS account on its first day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator import process as emulator
from local.emulator.account import RootKey, new_root_key
from local.emulator.state import StateDirectory
from local.settings import REGION


@dataclass(frozen=True)
class EmptyAccount:
    url: str
    key: RootKey

    def client(self, service: Any) -> Any:
        import boto3  # after moto, which patches it

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.key.id,
            aws_secret_access_key=self.key.secret,
        )


@contextmanager
def empty_account(folder: Path) -> Iterator[EmptyAccount]:
    state = StateDirectory(folder)
    state.open()
    key = new_root_key()
    machine = emulator.start(state.live, emulator.any_free_port(), key, folder / "emulator.log")
    try:
        yield EmptyAccount(machine.url, key)
    finally:
        # This state is not used again, so it need not be saved; functions end with their input.
        machine.process.kill()
        machine.process.wait()
