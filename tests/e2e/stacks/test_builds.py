"""`make build` for both architectures in turn: neither leaves its wheels to the other.

It is here, for no other lane of `.ci/run` may build in .aws-sam while it does.
"""

import os
import subprocess

import pytest

from deploy.deploying import template_of
from tests.support.template import ROOT

pytestmark = pytest.mark.slow
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_ELF_MACHINES = {"arm64": 183, "x86_64": 62}


def _build(architecture: str) -> None:
    # Under `make test-slow` the outer make's settings would be this one's, too.
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    subprocess.run(["make", "build", f"ARCHITECTURE={architecture}"], cwd=ROOT, env=environment, check=True)


def _libraries(architecture: str) -> list[str]:
    layer = template_of(architecture).parent / "DependenciesLayer"
    return [path.name for path in layer.rglob("*.so")]


def _machine_of_the_linter(architecture: str) -> int:
    """`e_machine` of its library's ELF header: the name does not tell."""
    (library,) = (template_of(architecture).parent / "LintLayer").rglob("*.so")
    return int.from_bytes(library.read_bytes()[18:20], "little")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("order", [("arm64", "x86_64"), ("x86_64", "arm64")])
def test_each_build_has_the_wheels_of_its_own_architecture(order: tuple[str, str]) -> None:
    for architecture in order:
        _build(architecture)
    for architecture, machine in _MACHINES.items():
        compiled = [name for name in _libraries(architecture) if "cpython-313" in name]
        assert f"_pydantic_core.cpython-313-{machine}-linux-gnu.so" in compiled
        assert [name for name in compiled if machine not in name] == []
    assert {architecture: _machine_of_the_linter(architecture) for architecture in _MACHINES} == _ELF_MACHINES
