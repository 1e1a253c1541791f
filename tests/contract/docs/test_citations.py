"""What code cites exists: pages with their headings, ADRs, sections of standards, parameters in backticks."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from local.prose import Passage, passages
from tests.contract.docs.test_links import headings
from tests.support.template import ROOT

_FOLDERS = ("layers", "functions", "local", "client", "deploy", "distribution", "bench", "examples", "tests")
_OTHERS = ("template.yaml", "stacks/*.yaml", "Makefile", "pyproject.toml", "samconfig.toml")
_PAGE = re.compile(r"(?<![\w/.-])(?P<page>(?:[\w-]+/)*[\w-]+\.md)(?:#(?P<heading>[\w-]+))?")
_ADR = re.compile(r"\bADRs? (\d+)")
_SECTION = re.compile(r"\b[Ss]ections? \d")
_STANDARD = re.compile(r"RFC\s+\d|SPIFFE|OpenID Connect")
_CITATION = re.compile("|".join(each.pattern for each in (_PAGE, _ADR, _SECTION)))
_NAME = re.compile(r"(?<!`)`([a-z_][a-z0-9_]*)`(?!`)")


def _sources() -> list[Path]:
    python = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.py")]
    others = [path for pattern in _OTHERS for path in ROOT.glob(pattern)]
    return [path for path in [*python, *others] if path != Path(__file__)]


def _wrong(file: str, source: str) -> Iterator[str]:
    """The citations in docstrings, comments and, outside of tests, messages that lead nowhere."""
    cites_a_standard = bool(_STANDARD.search(source))
    for passage in passages(file, source) if _CITATION.search(source) else ():
        yield from _dead_pages(file, passage)
        yield from (found[0] for found in _ADR.finditer(passage.text) if not _adr_exists(int(found[1])))
        if not cites_a_standard:
            yield from _SECTION.findall(passage.text)


def _dead_pages(file: str, passage: Passage) -> Iterator[str]:
    for found in _PAGE.finditer(passage.text):
        places = [folder / found["page"] for folder in (ROOT, (ROOT / file).parent)]
        page = next((place for place in places if place.is_file()), None)
        if page is None or (found["heading"] and found["heading"] not in headings(page.read_text("utf-8"))):
            yield found[0]


@cache
def _adr_exists(number: int) -> bool:
    return any((ROOT / "docs" / "adr").glob(f"{number:04d}-*.md"))


def test_citations_lead_to_pages_headings_adrs_and_standards() -> None:
    files = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in _sources()}
    found = {file: list(_wrong(file, source)) for file, source in files.items()}
    assert {file: citations for file, citations in found.items() if citations} == {}


@pytest.mark.parametrize(
    "docstring",
    ["engine.md", "docs/limits.md#nothing", "(ADR 999)", "Section 5 of the design."],
)
def test_a_citation_that_leads_nowhere_is_found(docstring: str) -> None:
    assert list(_wrong("layers/certctl/certctl/config.py", f'"""{docstring}"""'))


def test_citations_that_lead_somewhere_are_not_found() -> None:
    docstring = "docs/limits.md#what-is-not-built, ADR 4, RFC 5280 section 4.1"
    assert list(_wrong("layers/certctl/certctl/config.py", f'"""{docstring}"""')) == []


def _unknown_names(path: Path) -> Iterator[tuple[str, str]]:
    """Functions whose docstring has a name in backticks that neither the module nor one that it imports
    has, and that is not a word of template.yaml either."""
    source = path.read_text("utf-8")
    if not _NAME.search(source):
        return
    known = [_words(source), *(_words(imported.read_text("utf-8")) for imported in _imports(source))]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            for name in _NAME.findall(ast.get_docstring(node) or ""):
                if not any(name in words for words in (*known, _template_words())):
                    yield node.name, name


def _imports(source: str) -> Iterator[Path]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            path = ROOT / "layers" / "certctl" / node.module.replace(".", "/")
            yield from (each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file())


@cache
def _template_words() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", (ROOT / "template.yaml").read_text("utf-8")))


@cache
def _words(source: str) -> frozenset[str]:
    """The words of a module's code, without its docstrings and comments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for statement in getattr(node, "body", []) if not isinstance(node, ast.expr) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                statement.value = ast.Constant(value=None)
    return frozenset(re.findall(r"\w+", ast.unparse(tree)))


def test_names_in_docstrings_of_functions_are_names_in_their_module() -> None:
    modules = [path for folder in ("layers/certctl", "functions") for path in (ROOT / folder).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): list(_unknown_names(path)) for path in modules}
    assert {file: names for file, names in found.items() if names} == {}


def test_a_parameter_that_was_renamed_is_found(tmp_path: Path) -> None:
    module = tmp_path / "states.py"
    module.write_text('def close(observed: int) -> None:\n    """Ends the outage `seen`."""\n')
    assert list(_unknown_names(module)) == [("close", "seen")]
