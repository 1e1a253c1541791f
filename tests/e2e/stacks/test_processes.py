"""What the emulator's processes of functions are made of."""

from pathlib import Path

from local.emulator.state import StateDirectory
from tests.support.local.stack import LocalStack, wait_for


def _unpacked(stack: LocalStack) -> list[Path]:
    """Directories of code and layers, of each process."""
    processes = StateDirectory(stack.directory / "state").live / "tmp"
    return [path for path in processes.glob("ministack-lambda-*/*") if path.is_dir()]


def test_processes_of_functions_share_their_code_and_layers(local_stack: LocalStack) -> None:
    local_stack.get("/api/v1/certificates")

    # a process that is about to start has an empty directory for a moment
    wait_for(lambda: all(path.is_symlink() for path in _unpacked(local_stack)), "shared code")
    assert len(_unpacked(local_stack)) >= 2
