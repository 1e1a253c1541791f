"""Every change of state is a unit of work: nobody above the store puts a transaction together by hand."""

import ast
from collections.abc import Iterator
from pathlib import Path

import certctl

_LAYER = Path(certctl.__path__[0])
_THE_UNIT = "unit_of_work/unit.py"
_REPORTS = "unit_of_work/inventory/recording.py"
"""What sources report is nobody's act: it leaves no event (docs/inventory.md)."""


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ("services", "unit_of_work"):
        for path in (_LAYER / room).rglob("*.py"):
            yield str(path.relative_to(_LAYER)), ast.parse(path.read_text(encoding="utf-8"))


def _calling(method: str, on: str | None = None) -> set[str]:
    """Modules that call a method of this name, of an attribute named `on` if given."""
    return {
        name
        for name, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_call(node, method, on)
    }


def _is_call(call: ast.Call, method: str, on: str | None) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr != method:
        return False
    return on is None or (isinstance(function.value, ast.Attribute) and function.value.attr == on)


def test_only_the_unit_of_work_writes_transactions() -> None:
    assert _calling("transact") == {_THE_UNIT, _REPORTS}


def test_only_the_unit_of_work_saves_certificates() -> None:
    """Else one could be saved without its event and its counters."""
    assert _calling("save_step", on="certificates") == set()
    assert _calling("create_steps", on="certificates") == set()
    assert "save_step" in (_LAYER / _THE_UNIT).read_text(encoding="utf-8")


def test_the_services_are_looked_at() -> None:
    assert "services/certificates/certificates.py" in _calling("begin", on="units")
