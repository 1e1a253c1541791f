"""Values that may change on purpose only, compared with the files in tests/contract/golden."""

import difflib
import json
import os
from pathlib import Path
from typing import Any

from tests.support.template import ROOT

_FOLDER = ROOT / "tests" / "contract" / "golden"
_COMMAND = "CERTCTL_GOLDEN=write .venv/bin/pytest -q -p no:randomly tests/contract/test_golden*.py"
_ADVICE = f"""
These names and shapes are stored, sealed, published or matched. If rows of the old form exist, keep a reader
for both. To accept the change on purpose, run the following and commit what it writes:
    {_COMMAND}
"""


def require_golden(name: str, found: Any) -> None:
    """Fails with the difference if `found` differs from the file."""
    path = _FOLDER / f"{name}.json"
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("CERTCTL_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), _difference(path, text)


def golden(name: str) -> Any:
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _difference(path: Path, text: str) -> str:
    before = path.read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(before, text.splitlines(), "as it was", "as it is now", lineterm="", n=2)
    return "\n".join([f"{path.name} has changed:", *lines, _ADVICE])
