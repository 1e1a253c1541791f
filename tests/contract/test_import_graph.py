"""The modules of the layer form no cycle: grimp's graph, which import-linter uses too."""

import grimp
import pytest

from tests.support.template import ROOT


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "layers" / "certctl"))
        return grimp.build_graph("certctl", cache_dir=None)


def _in_cycles(imports: dict[str, set[str]]) -> set[str]:
    """Modules that are left when those that import none of the others are taken away, again and again."""
    left = dict(imports)
    while done := {name for name, imported in left.items() if not imported & (left.keys() - {name})}:
        left = {name: imported for name, imported in left.items() if name not in done}
    return set(left)


def test_no_modules_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > 100
    assert _in_cycles(imports) == set()


def test_a_circle_is_found() -> None:
    assert _in_cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == {"a", "b", "c"}
