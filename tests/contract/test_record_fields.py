"""What follows from the fields of records is generated, and checked in as it is generated."""

from pathlib import Path

import pytest

from local.record_fields.modules import ROOT, modules

MODULES = modules()


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in MODULES])
def test_a_generated_module_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MODULES[path], "make openapi"
