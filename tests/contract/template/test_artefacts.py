"""What `sam build` ships: each function imports alone, with bytecode, and with no more than it may use."""

import subprocess
from functools import cache

import pytest

from certctl.connectors.aws.services import SERVICES
from tests.support.functions.artefacts import (
    ISOLATED,
    LAYERS,
    PYTHON,
    Artefacts,
    Probed,
    built,
    environment,
    layers_of,
)
from tests.support.functions.composition import modules_in_reach
from tests.support.template import functions, logical_id

FOLDERS = sorted(functions())
API_FUNCTIONS = [folder for folder in FOLDERS if folder.endswith("_api")]
SIGNERS = {"signing_worker", "crl_publisher", "maintenance_schedule", "stack_admin"}
SENDERS = {"notification_worker", "retry_sweep_schedule", "external_issuer_worker", "identity_api"}
# stack_admin answers CloudFormation; status_watch fetches CRLs and asks OCSP, and reads no secret.
CALLS_OUT = SENDERS | {"acme_validator", "endpoint_prober", "stack_admin", "status_watch"}
EXTERNAL_ISSUERS = {"external_issuer_worker"}
READ_SECRETS = SENDERS | {"notifications_api"}
# 43.9 MB in 2026-12: `cut_botocore.py` and `cut_unused.py` leave out what nothing reads at run time.
DEPENDENCIES_LIMIT = 45_000_000
# Lambda's limit for a function with all its layers is 250 MB; half of it leaves room for what comes.
SIZE_LIMIT = 125_000_000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@cache
def _artefacts() -> Artefacts:
    return built()


@cache
def _probed(folder: str) -> Probed:
    return _artefacts().probe(folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_imports_alone_and_touches_neither_network_nor_files(folder: str) -> None:
    """The probe fails where a socket is used."""
    probed = _probed(folder)
    assert "app" in probed.imported
    assert probed.written == ()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_module_of_the_layers_comes_with_its_bytecode(folder: str) -> None:
    assert _probed(folder).uncompiled == ()


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_loads_the_tracer(folder: str) -> None:
    assert "aws_xray_sdk" not in _probed(folder).afterwards


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_loads_boto3_or_requests_before_it_calls_something(folder: str) -> None:
    """30 to 55 ms each, of a cold start that may need neither."""
    assert _probed(folder).imported.isdisjoint({"boto3", "requests"})


@pytest.mark.parametrize("folder", FOLDERS)
def test_boto3_makes_every_client_that_is_not_pynamodbs(folder: str) -> None:
    """botocore is there for PynamoDB in any case; a function that makes another client has loaded boto3."""
    afterwards = _probed(folder).afterwards
    assert ("boto3" in afterwards) == ("certctl.connectors.aws.clients" in afterwards)


@pytest.mark.parametrize("folder", sorted(set(FOLDERS) - CALLS_OUT | {"stack_admin"}))
def test_what_sends_nothing_loads_no_requests(folder: str) -> None:
    """stack_admin does for a deployment only."""
    assert "requests" not in _probed(folder).afterwards


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_the_external_issuers_load_the_acme_library(folder: str) -> None:
    loaded = _probed(folder).afterwards & {"acme", "josepy"}
    assert bool(loaded) == (folder in EXTERNAL_ISSUERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_pyopenssl_is_loaded_with_the_acme_library_and_by_what_verifies_chains(folder: str) -> None:
    loaded = _probed(folder).afterwards
    assert ("OpenSSL" in loaded) == bool(loaded & {"acme", "certctl.crypto.inventory.paths"})


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_loads_the_library_that_verifies_tokens_before_a_token_is_there(folder: str) -> None:
    """Import-linter holds that none but identity_api can."""
    assert "jwt" not in _probed(folder).afterwards


@pytest.mark.parametrize("folder", API_FUNCTIONS)
def test_no_function_behind_the_api_loads_cryptography_before_a_request_needs_it(folder: str) -> None:
    assert "cryptography" not in _probed(folder).imported


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if not folder.endswith("_api")])
def test_only_api_functions_load_pydantic(folder: str) -> None:
    assert "pydantic" not in _probed(folder).afterwards


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("certctl.connectors.aws.kms", SIGNERS),
        ("certctl.connectors.http.adapter", CALLS_OUT),
        ("certctl.connectors.http.pinned_adapter", CALLS_OUT),
        ("certctl.connectors.aws.secrets", READ_SECRETS),
        ("certctl.connectors.issuers", EXTERNAL_ISSUERS),
    ],
)
def test_what_few_functions_may_do_no_other_loads_or_can_reach(module: str, allowed: set[str]) -> None:
    """Both count: what the built function loads, and what the factories that it names import."""
    loaded = {folder for folder in FOLDERS if module in _probed(folder).afterwards}
    reached = {folder for folder in FOLDERS if module in modules_in_reach(folder)}
    assert loaded | reached <= allowed
    assert reached, f"nobody reaches {module}: this test looks in the wrong place"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_with_its_layers_stays_under_half_of_lambdas_limit(folder: str) -> None:
    parts = [_artefacts().size(part) for part in (logical_id(folder), *layers_of(folder))]
    assert all(parts)
    assert sum(parts) < SIZE_LIMIT


def test_the_dependencies_layer_has_little_that_nobody_reads() -> None:
    assert 0 < _artefacts().size("DependenciesLayer") <= DEPENDENCIES_LIMIT


def test_libraries_make_keys_stores_and_clients_without_what_is_cut() -> None:
    """In a bare interpreter: keys, chains, and every client of AWS, with the layer's own data."""
    services = sorted(SERVICES)
    code = (
        "import boto3; from cryptography.hazmat.primitives.asymmetric import ec;"
        "from OpenSSL import crypto; from cryptography import x509;"
        "ec.generate_private_key(ec.SECP256R1()); crypto.X509Store();"
        f"[boto3.client(name, region_name='eu-central-1') for name in {services!r}];"
        "boto3.resource('dynamodb', region_name='eu-central-1')"
    )
    paths = [str(_artefacts().directory / "DependenciesLayer" / "python")]
    command = [PYTHON, *ISOLATED, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_linter_is_small_and_loaded_by_no_function_before_it_lints() -> None:
    assert 0 < _artefacts().size("LintLayer") < 15_000_000
    assert {folder for folder in FOLDERS if "pkilint" in _probed(folder).afterwards} == set()


def test_the_layers_of_status_watch_are_all_that_the_linter_needs() -> None:
    """In a bare interpreter, from the built artefacts."""
    code = "from certctl.connectors.authorities.linter import _pkilint; _pkilint()"
    command = [
        PYTHON,
        *ISOLATED,
        "-c",
        f"import sys; sys.path[:0] = {_artefacts().path_of('status_watch')!r}; {code}",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_neither_tests_nor_tools_ship() -> None:
    shipped = {
        path.name for layer in LAYERS for path in (_artefacts().directory / layer / "python").iterdir()
    }
    assert shipped.isdisjoint({"tests", "pytest", "moto", "mypy", "boto3_stubs", "bin", "pip"})
    assert {"certctl", "pynamodb", "cryptography", "pydantic"} <= shipped
