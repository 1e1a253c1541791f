"""The modules of the client that the agent needs: those that its program imports, and those that they import.

Copied under a name of their own, `certctl_agent`: both distributions can be installed in one environment.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from distribution.places import CLIENT

PACKAGE, RENAMED = "certctl_client", "certctl_agent"
PROGRAM = "certctl_client.agent.program.__main__"
_REPLACED = (
    (PACKAGE, RENAMED),
    ("certctl agent ", "certctl-agent "),
    (f'("-m", "{RENAMED}", "agent")', f'("-m", "{RENAMED}.agent.program")'),
)


def modules() -> dict[str, Path]:
    """Path by the name of the module, in order of names."""
    found: dict[str, Path] = {}
    ahead = [PROGRAM]
    while ahead:
        name = ahead.pop()
        path = path_of(name)
        if path is None or name in found:
            continue
        found[name] = path
        ahead += [*imported(path), *_parents(name)]
    return dict(sorted(found.items()))


def imported(path: Path) -> Iterator[str]:
    """Every name that the file imports, within functions too; `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def path_of(name: str) -> Path | None:
    """The file of a module; None for a package of somebody else, and for a name within a module."""
    base = CLIENT.joinpath(*name.split("."))
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((each for each in candidates if name.startswith(PACKAGE) and each.is_file()), None)


def renamed(source: str) -> str:
    for before, after in _REPLACED:
        source = source.replace(before, after)
    return source


def _parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:n]) for n in range(1, len(parts)))
