"""The layers of template.yaml: how they are built, who has which, and what each of them brings."""

import re
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.functions.artefacts import layers_of
from tests.support.template import ROOT, actions, functions, load_template, resources_of_type

LAYERS = sorted(resources_of_type("AWS::Serverless::LayerVersion"))
WITH_LINT = {"status_watch"}
_MOST_LAYERS = 5  # Lambda's limit


def _locked(layer: str) -> dict[str, list[str]]:
    """Name -> its hashes."""
    text = (ROOT / "layers" / layer / "requirements.txt").read_text()
    pattern = re.compile(r"^([a-z0-9-]+)==[^\\]+\\\n((?: +--hash=\S+(?: \\)?\n)+)", re.MULTILINE)
    return {name: re.findall(r"sha256:[0-9a-f]{64}", hashes) for name, hashes in pattern.findall(text)}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_built_by_its_makefile_which_compiles_bytecode(layer: str) -> None:
    declared = load_template()["Resources"][layer]
    makefile = (ROOT / declared["Properties"]["ContentUri"] / "Makefile").read_text()
    assert declared["Metadata"]["BuildMethod"] == "makefile"
    assert f"build-{layer}:" in makefile
    assert "compileall" in makefile
    assert "--invalidation-mode unchecked-hash" in makefile


@pytest.mark.parametrize("layer", ["dependencies", "lint"])
def test_what_a_layer_takes_from_elsewhere_is_pinned_and_hashed(layer: str) -> None:
    text = (ROOT / "layers" / layer / "requirements.txt").read_text()
    locked = _locked(layer)
    assert len(locked) == len([line for line in text.splitlines() if not line.startswith(" ")])
    assert all(locked.values())
    makefile = (ROOT / "layers" / layer / "Makefile").read_text()
    assert "--require-hashes" in makefile
    assert "--only-binary=:all:" in makefile


def test_the_lint_layer_brings_what_pkilint_needs_beside_the_dependencies_and_nothing_twice() -> None:
    """Both are unpacked into one folder: of two versions one would win."""
    dependencies, lint = set(_locked("dependencies")), set(_locked("lint"))
    assert dependencies & lint == set()
    assert _needed_by("pkilint") <= dependencies | lint
    assert lint <= _needed_by("pkilint")


def _needed_by(name: str) -> set[str]:
    """Itself and what it needs on Linux, without extras."""
    found, waiting = set[str](), [name]
    while waiting:
        each = canonicalize_name(waiting.pop())
        if each not in found:
            found.add(each)
            wanted = [Requirement(text) for text in requires(each) or ()]
            waiting += [r.name for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    return found


@pytest.mark.parametrize("folder", sorted(functions()))
def test_the_linter_is_beside_no_key(folder: str) -> None:
    """The linter parses, and its layer is others' code: it stands nowhere near what signs, encrypts or
    decrypts."""
    has_lint = "LintLayer" in layers_of(folder)
    assert has_lint == (folder in WITH_LINT)
    if has_lint:
        assert [
            action for action in actions(folder) if action.startswith(("kms:", "s3:", "secretsmanager:"))
        ] == []
        assert "certctl:signer" not in functions()[folder].get("Tags", {})


@pytest.mark.parametrize("folder", sorted(functions()))
def test_a_function_has_as_many_layers_as_lambda_takes(folder: str) -> None:
    assert 2 <= len(layers_of(folder)) <= _MOST_LAYERS
