"""Cold start of each function as it is built: processor time of import and first answer, beside a bare
function with Powertools, one pydantic model and one table by boto3, in one run, turn by turn; layers' sizes.

Every process starts with the artefacts of `sam build` and nothing else in its path; AWS is moto in this
process, whose time does not count. The bare function has botocore as it comes from PyPI. Writes no bytecode,
for /var/task is read-only: Lambda compiles app.py at every start as well. FUNCTIONS names some of them.
"""

import compileall
import json
import logging
import os
import py_compile
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import botocore

from bench.cold.world import World, world
from bench.harness.rows import Row, exactly
from bench.harness.turns import Pair, by_turns, ran
from tests.support.api.http import event
from tests.support.functions.artefacts import ISOLATED, LAYERS, PYTHON, Artefacts, built

_HERE = Path(__file__).parent
_PEER = "bare function"
# Turns of each function; the bare one takes part in all of them.
_TURNS = int(os.environ.get("TURNS", "5"))
_AT_MOST: Mapping[str, float] = {"public_api": 0.5, "acme_api": 1.0, "ocsp_responder": 0.75}
_OTHER_APIS_AT_MOST = 1.25
_WHY = (
    "The bare function reads one row; ours loads its routes and checks, finds the caller, reads its records "
    "and writes an audit row."
)
_UNBOUND = (
    "No bound: its work reads more tables and calls more services than a request, and nobody waits for it."
)
_LAYER_MB: Mapping[str, float] = {"DependenciesLayer": 45, "CertctlLayer": 20, "LintLayer": 10}


def rows() -> Iterator[Row]:
    logging.disable()
    artefacts = built()
    with world() as stack, TemporaryDirectory() as folder:
        starts = _Starts(stack, Path(folder), _bare_path(artefacts, Path(folder)))
        for name in _wanted(stack):
            yield _row(name, starts, artefacts.path_of(name))
    for layer in LAYERS:
        yield _size(artefacts, layer)


def _wanted(stack: World) -> list[str]:
    """All functions, or those that FUNCTIONS names."""
    return os.environ["FUNCTIONS"].split() if os.environ.get("FUNCTIONS") else sorted(stack.events())


class _Starts:
    """Processes that start once a turn."""

    def __init__(self, stack: World, folder: Path, bare: list[str]) -> None:
        self._events = stack.events()
        self._environment = dict(stack.environment)
        self._event = folder / "event.json"
        self._bare = bare

    def of(self, name: str, path: list[str]) -> float:
        return self._milliseconds(self._events[name](), path)

    def of_bare(self) -> float:
        return self._milliseconds(event("GET", "/certificates/mc-1"), self._bare)

    def _milliseconds(self, given: Mapping[str, Any], path: list[str]) -> float:
        """Import and first answer, without the interpreter's own start."""
        self._event.write_text(json.dumps(given))
        command = [PYTHON, *ISOLATED, str(_HERE / "probe.py"), str(self._event), *path]
        figures = json.loads(ran(command, environment=self._environment).stdout.rsplit(b"\n", 1)[1])
        if figures["status"] != 200:
            raise SystemExit(f"{path[0]} answers {figures['status']}: {figures['answer']}")
        return float(figures["import_ms"] + figures["answer_ms"])


def _row(name: str, starts: _Starts, path: list[str]) -> Row:
    acts: dict[str, Callable[[], float]] = {"ours": lambda: starts.of(name, path), "bare": starts.of_bare}
    found = by_turns(acts, _TURNS)
    made = Pair(found["ours"], found["bare"]).row(name, "ms", _PEER)
    bound = _bound_of(name)
    if bound is None:
        return replace(made, note=_UNBOUND)
    return replace(made, at_most=bound, note=_WHY if made.ratio and made.ratio.median > 1 else "")


def _bound_of(name: str) -> float | None:
    """Only of what answers somebody: workers and schedules have none."""
    return _AT_MOST.get(name, _OTHER_APIS_AT_MOST if name.endswith("_api") else None)


def _bare_path(artefacts: Artefacts, folder: Path) -> list[str]:
    """The bare function, with packages of the layer; botocore whole, with bytecode. Without pyOpenSSL, which
    only our ACME client needs: botocore would load cryptography by it."""
    function, packages = folder / "bare", folder / "packages"
    function.mkdir()
    shutil.copy(_HERE / "bare.py", function / "app.py")
    shutil.copytree(Path(botocore.__file__).parent, packages / "botocore")
    compileall.compile_dir(packages, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    for package in (artefacts.directory / "DependenciesLayer" / "python").iterdir():
        if package.name not in {"botocore", "OpenSSL"}:
            (packages / package.name).symlink_to(package)
    return [str(function), str(packages)]


def _size(artefacts: Artefacts, layer: str) -> Row:
    zipped = {"MB zipped": round(_zipped(artefacts.directory / layer) / 1e6, 1)}
    size = exactly(round(artefacts.size(layer) / 1e6, 1))
    return Row(layer, "MB", size, at_most=_LAYER_MB[layer], counts=zipped)


def _zipped(root: Path) -> int:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, path.relative_to(root))
    return target.tell()
