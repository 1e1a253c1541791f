"""Warns of folders that come near the limit of files: part of `make check`.

A folder near the limit asks for a room or a topic of its own, never for merged files.
tests/contract/test_house.py refuses what is above the limit, and packages of one module.
"""

import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

WARNED_FROM, REFUSED_ABOVE = 15, 20
_ROOT = Path(__file__).resolve().parents[2]
_COMPOSE = "layers/certctl/certctl/compose"
_FUNCTIONS = "functions"


def files_by_folder(names: Iterable[str]) -> Mapping[str, int]:
    """How many Python files each folder holds. `compose` also has one for each function, of its name."""
    listed = [PurePosixPath(name) for name in names]
    folders = Counter(str(path.parent) for path in listed)
    functions = {path.parent.name for path in listed if str(path.parent.parent) == _FUNCTIONS}
    folders[_COMPOSE] -= sum(str(path.parent) == _COMPOSE and path.stem in functions for path in listed)
    return folders


def packages_of_one(names: Iterable[str]) -> list[str]:
    """Packages with an `__init__` and one further module or package."""
    listed = [PurePosixPath(name) for name in names]
    packages = {path.parent for path in listed if path.name == "__init__.py"}
    held = Counter(path.parent for path in listed if path.name != "__init__.py")
    held.update(package.parent for package in packages)
    return sorted(str(package) for package in packages if held[package] == 1)


def warnings(names: Iterable[str]) -> list[str]:
    """A line for each folder that is near the limit, the fullest first."""
    near = [(n, folder) for folder, n in files_by_folder(names).items() if n >= WARNED_FROM]
    return [
        f"warning: {folder} holds {n} of {REFUSED_ABOVE} files" for n, folder in sorted(near, reverse=True)
    ]


def main() -> None:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    found = subprocess.run(listed, cwd=_ROOT, capture_output=True, text=True, check=True).stdout.split()
    for line in warnings(name for name in found if (_ROOT / name).exists()):
        print(line)


if __name__ == "__main__":
    main()
