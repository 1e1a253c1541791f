"""Rooms of every layer, and the budgets of folders, files and lines (docs/architecture.md)."""

import ast
import re
import subprocess
from collections.abc import Iterator

from local.checks.folders import REFUSED_ABOVE, files_by_folder, packages_of_one, warnings
from tests.support.template import ROOT

LAYER = ROOT / "layers" / "certctl" / "certctl"
LAYERS = ("domain", "crypto", "store", "connectors", "unit_of_work", "services", "api", "compose/rooms")
LINES_A_FILE, LINES_AN_APP, COLUMNS = 400, 80, 110
# What these do with a batch of records, or after a failure, stands beside their handler.
HANDLE_BATCHES = {
    "acme_validator",
    "crl_publisher",
    "external_issuer_worker",
    "notification_worker",
    "renewal_schedule",
    "retry_sweep_schedule",
    "signing_worker",
    "status_watch",
}
# Folders of a layer that are no room: what they hold serves all rooms.
TECHNICAL = {
    "connectors": {"aws", "http", "notifiers", "issuers"},
}
_PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| (.*) \|$", re.MULTILINE)
# Written by a generator, or a list that is data: length says nothing about how it reads.
GENERATED = {"client/certctl_client/api/schema.py", "client/certctl_client/api/operations.py"}


def python_files() -> list[str]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in found if (ROOT / name).exists() and name not in GENERATED]


def plan() -> dict[str, set[str]]:
    """Rooms of docs/architecture.md, each with the layers that have it."""
    head = next(line for line in _PAGE.splitlines() if line.startswith("| room |"))
    layers = [cell.strip(" `") for cell in head.split("|")[3:-1]]
    assert tuple(layers) == LAYERS
    return {
        room: {layer for layer, cell in zip(layers, cells.split("|"), strict=True) if cell.strip()}
        for room, cells in _ROW.findall(_PAGE.split("<!-- end of the plan -->")[0])
        if len(cells.split("|")) == len(layers)
    }


def test_no_folder_holds_more_files_than_can_be_read_at_a_glance() -> None:
    """`make check` warns of the folders that come near the limit."""
    assert {folder: n for folder, n in files_by_folder(python_files()).items() if n > REFUSED_ABOVE} == {}


def test_a_folder_near_the_limit_is_warned_of() -> None:
    listed = [f"{folder}/m{n}.py" for folder, files in (("near", 15), ("far", 14)) for n in range(files)]
    assert warnings(listed) == ["warning: near holds 15 of 20 files"]


def test_no_package_has_one_module() -> None:
    """A room or topic with one module is that module. Packages of functions are only folders."""
    assert packages_of_one(python_files()) == []


def test_a_package_of_one_module_is_found_and_one_with_a_package_is_not() -> None:
    listed = [
        "a/__init__.py",
        "a/one.py",
        "b/__init__.py",
        "b/one.py",
        "b/c/__init__.py",
        "b/c/one.py",
        "b/c/two.py",
    ]
    assert packages_of_one(listed) == ["a"]


def test_no_file_is_too_long_and_no_line_too_wide() -> None:
    lines = {name: (ROOT / name).read_text(encoding="utf-8").splitlines() for name in python_files()}
    assert {name: len(text) for name, text in lines.items() if len(text) > LINES_A_FILE} == {}
    wide = [
        f"{name}:{n}" for name, text in lines.items() for n, line in enumerate(text, 1) if len(line) > COLUMNS
    ]
    assert wide == []


def test_every_folder_of_a_layer_is_a_room_of_the_plan() -> None:
    rooms = plan()
    assert rooms
    for layer in LAYERS:
        folders = {
            path.name for path in (LAYER / layer).iterdir() if path.is_dir() and any(path.glob("*.py"))
        }
        assert folders - TECHNICAL.get(layer, set()) <= set(rooms), layer


def test_the_plan_says_which_layers_have_a_room() -> None:
    for room, layers in plan().items():
        present = {
            layer
            for layer in LAYERS
            if ((LAYER / layer / room).is_dir() and any((LAYER / layer / room).glob("*.py")))
            or (LAYER / layer / f"{room}.py").exists()
        }
        assert layers == present, room


def apps() -> dict[str, str]:
    """Folder of each function, and the source of its `app.py`."""
    found = sorted((ROOT / "functions").glob("*/app.py"))
    return {path.parent.name: path.read_text(encoding="utf-8") for path in found}


def functions_of(source: str) -> Iterator[str]:
    """Names of all functions, nested ones too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def test_an_app_is_short() -> None:
    lines = {folder: len(source.splitlines()) for folder, source in apps().items()}
    assert {folder: n for folder, n in lines.items() if n > LINES_AN_APP} == {}


def test_an_app_of_routes_actions_or_tasks_has_no_function_but_its_handler() -> None:
    """Routes, actions and tasks stand in the rooms of `api`."""
    named = {folder: list(functions_of(s)) for folder, s in apps().items() if folder not in HANDLE_BATCHES}
    assert named
    assert {folder: names for folder, names in named.items() if names != ["lambda_handler"]} == {}


def test_no_other_app_has_routes() -> None:
    """Actions, of direct invocations, may stand beside a batch."""
    route = re.compile(r"certctl\.api(?!\.(\w+\.)?actions\b)")
    assert [folder for folder in HANDLE_BATCHES if route.search(apps()[folder])] == []


def test_a_route_in_an_app_is_found() -> None:
    source = "@api.get('/x')\ndef read() -> None: ...\n\ndef lambda_handler() -> None: ...\n"
    assert list(functions_of(source)) == ["read", "lambda_handler"]
