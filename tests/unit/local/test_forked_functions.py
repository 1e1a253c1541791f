"""Functions of the local stack as forks of one process: each is its own, as on Lambda."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator.forked import LAYERS, SHARED_LAYERS, Forked, ForkServers, is_forkable
from tests.support.template import ROOT, load_template

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems start a process for each")

# Answers each line with what Python code in it evaluates to.
_WORKER = """
import os, sys
print("ready", flush=True)
for line in sys.stdin:
    print(eval(line), flush=True)
"""
_LOADED = """
import os, sys
read = set()
class Environment(type(os.environ)):
    def __getitem__(self, name):
        read.add(name)
        return super().__getitem__(name)
os.environ.__class__ = Environment
sys.path.insert(0, "")
from local.emulator.fork_server import READERS, preload
preload([sys.argv[1]])
assert "certctl.domain.certificates.certificates" in sys.modules
assert not READERS & set(sys.modules)
print(*read, sep="\\n")
"""


@pytest.fixture
def layers(tmp_path: Path) -> str:
    """Two layers, one with a package that stands for certctl."""
    package = tmp_path / "code" / "python" / "certctl"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import os\nMADE_BY = os.getpid()\n")
    (tmp_path / "packages").mkdir()
    return os.pathsep.join(str(tmp_path / name) for name in ("code", "packages"))


class Functions:
    """Processes that a test has started."""

    def __init__(self) -> None:
        self.servers = ForkServers()
        self.running: list[Forked] = []

    def close(self) -> None:
        self.servers.close()
        for process in self.running:
            process.kill()
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()


@pytest.fixture
def functions() -> Iterator[Functions]:
    functions = Functions()
    yield functions
    functions.close()


def started(functions: Functions, layers: str, **variables: str) -> Forked:
    folder = Path(layers.split(os.pathsep)[0]).parent
    worker = folder / "_worker.py"
    worker.write_text(_WORKER)
    process = functions.servers.start(
        [sys.executable, str(worker)], str(folder), {LAYERS: layers, **variables}
    )
    functions.running.append(process)
    assert process.stdout.readline() == "ready\n"
    return process


def told(process: Forked, expression: str) -> str:
    process.stdin.write(expression + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_function_has_its_own_variables_and_none_of_its_neighbour_or_of_the_emulator(
    functions: Functions, layers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the root user")
    started(functions, layers, AWS_SECRET_ACCESS_KEY="of the first", ONLY_ITS="1")

    second = started(functions, layers, AWS_SECRET_ACCESS_KEY="of the second")

    assert told(second, "sorted(os.environ.items())") == str(
        sorted({LAYERS: layers, "AWS_SECRET_ACCESS_KEY": "of the second"}.items())
    )


def test_what_functions_share_is_imported_once(functions: Functions, layers: str) -> None:
    loading = "__import__('certctl').MADE_BY"

    made_by = [told(started(functions, layers), loading) for _ in range(2)]

    assert made_by[0] == made_by[1]
    assert told(started(functions, layers), f"os.getpid() == {loading}") == "False"


def test_a_killed_function_ends_alone(functions: Functions, layers: str) -> None:
    killed, other = started(functions, layers), started(functions, layers)

    os.kill(killed.pid, signal.SIGKILL)

    killed.wait(10)
    assert killed.poll() is not None
    assert (other.poll(), told(other, "1 + 1")) == (None, "2")


def test_a_function_ends_with_its_input(functions: Functions, layers: str) -> None:
    process = started(functions, layers)

    process.stdin.close()

    process.wait(10)


def test_waiting_for_a_function_that_runs_ends_in_time(functions: Functions, layers: str) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        started(functions, layers).wait(0.01)


def test_a_killed_server_is_started_again_and_its_functions_go_on(functions: Functions, layers: str) -> None:
    before = started(functions, layers)
    os.kill(int(told(before, "os.getppid()")), signal.SIGKILL)

    after = started(functions, layers)

    assert (told(before, "1 + 1"), told(after, "2 + 2")) == ("2", "4")


def test_a_changed_layer_is_imported_anew(functions: Functions, layers: str) -> None:
    loading = "__import__('certctl').MADE_BY"
    before = told(started(functions, layers), loading)
    changed = os.pathsep.join(reversed(layers.split(os.pathsep)))

    assert told(started(functions, changed), loading) != before


def test_proc_shows_a_function_by_its_own_name_and_command(functions: Functions, layers: str) -> None:
    process = started(functions, layers, AWS_LAMBDA_FUNCTION_NAME="certctl-local-Signing")
    shown = Path("/proc") / str(process.pid)

    assert "AWS_LAMBDA_FUNCTION_NAME=certctl-local-Signing" in (shown / "environ").read_text().split("\0")
    assert (shown / "cmdline").read_text().split("\0")[1].endswith("_worker.py")


def test_other_processes_of_the_emulator_are_started_as_ever(layers: str) -> None:
    assert is_forkable([sys.executable, "_worker.py"], {LAYERS: layers})
    assert not is_forkable([sys.executable, "_worker.py"], {})
    assert not is_forkable(["node", "_worker.js"], {LAYERS: layers})


def test_the_first_layers_of_each_function_are_those_of_all() -> None:
    assert len(load_template()["Globals"]["Function"]["Layers"]) == SHARED_LAYERS


def test_what_functions_share_reads_no_variable_that_a_function_may_have(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(ROOT / "layers" / "certctl")

    ran = subprocess.run(
        [sys.executable, "-c", _LOADED, str(tmp_path)], cwd=ROOT, check=True, capture_output=True, text=True
    )

    variables = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    read = set(ran.stdout.split())
    assert not read & set(variables)
    assert not {name for name in read if name.startswith("CERTCTL_")}
