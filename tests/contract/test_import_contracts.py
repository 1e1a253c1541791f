"""The import contracts of pyproject.toml name every function, and break when they should."""

import tomllib
from functools import cache
from typing import Any

import grimp
import pytest
from importlinter import configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.domain.contract import Contract

from tests.support.functions.composition import graph
from tests.support.template import ROOT, functions

SENDERS = {"notification_worker", "retry_sweep_schedule", "external_issuer_worker"}
CALLS_OUT = SENDERS | {"acme_validator", "endpoint_prober", "identity_api", "stack_admin", "status_watch"}
_SESSION = {"root_packages": ["certctl", "functions"], "include_external_packages": True}
_LINTS = "status_watch alone lints: no other function has that layer, and those with keys of CAs never will"
STAYS_INSIDE = sorted(set(functions()) - CALLS_OUT)

pytestmark = pytest.mark.slow

configuration.configure()  # as its command does


@cache
def _contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def _contract(name: str) -> Contract:
    (options,) = (contract for contract in _contracts() if contract["name"] == name)
    return ForbiddenContract(name, _SESSION, options)


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("certctl", "functions", include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("folder", STAYS_INSIDE)
def test_a_function_that_stays_inside_cannot_import_what_calls_out(folder: str) -> None:
    """`make lint` holds that none does."""
    app, imported = f"functions.{folder}.app", "certctl.connectors.http.adapter"
    _graph().add_import(importer=app, imported=imported)
    try:
        contract = _contract("What a function may not do, it does not import")
        assert not contract.check(_graph(), verbose=False).kept
    finally:
        _graph().remove_import(importer=app, imported=imported)


@pytest.mark.parametrize("folder", sorted(set(functions()) - {"identity_api"}))
@pytest.mark.parametrize("imported", ["certctl.crypto.identity.tokens", "certctl.connectors.provider_keys"])
def test_no_function_but_identity_api_can_verify_a_foreign_token(folder: str, imported: str) -> None:
    app = f"functions.{folder}.app"
    _graph().add_import(importer=app, imported=imported)
    try:
        contract = _contract("identity_api alone verifies tokens of other issuers")
        assert not contract.check(_graph(), verbose=False).kept
    finally:
        _graph().remove_import(importer=app, imported=imported)


@pytest.mark.parametrize("folder", sorted(set(functions()) - {"status_watch"}))
def test_no_function_but_status_watch_can_lint(folder: str) -> None:
    app, imported = f"functions.{folder}.app", "certctl.connectors.authorities.linter"
    _graph().add_import(importer=app, imported=imported)
    try:
        assert not _contract(_LINTS).check(_graph(), verbose=False).kept
    finally:
        _graph().remove_import(importer=app, imported=imported)


def test_no_contract_ignores_an_import() -> None:
    assert [contract["name"] for contract in _contracts() if "ignore_imports" in contract] == []


@pytest.mark.parametrize("folder", sorted(functions()))
def test_a_function_imports_no_composition_but_its_own(folder: str) -> None:
    imported = graph().find_modules_directly_imported_by(f"functions.{folder}.app")
    assert {module for module in imported if module.startswith("certctl.compose")} == {
        f"certctl.compose.{folder}"
    }
