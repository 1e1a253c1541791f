"""The services of AWS that code asks are those whose data the layer has, and it has botocore's own."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore
import botocore.session
import pytest
from botocore.config import Config
from botocore.loaders import Loader

from certctl.connectors.aws.clients import make_client
from certctl.connectors.aws.services import SERVICES, ServiceNotShipped
from tests.support.template import ROOT

_CUT = ROOT / "layers" / "dependencies" / "cut_botocore.py"
_LISTED = (ROOT / "layers" / "dependencies" / "services.txt").read_text().split()
_WHOLE = Path(botocore.__file__).parent / "data"
_ASKING = re.compile(r"_?(?:new_|make_)?client")
# A region of each of the partitions that have all services.
_REGIONS = ("eu-central-1", "us-gov-west-1", "cn-north-1")


def _asked() -> Iterator[tuple[str, str]]:
    """(file, service) of every client that the layer's code makes by name."""
    for path in sorted((ROOT / "layers" / "certctl" / "certctl").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _ASKING.fullmatch(_called(node)) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield path.name, first.value


def _called(node: ast.Call) -> str:
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_the_layer_keeps_the_data_of_the_services_that_code_knows() -> None:
    assert sorted(_LISTED) == _LISTED
    assert set(_LISTED) == SERVICES


def test_code_asks_no_service_whose_data_is_cut_and_none_is_kept_for_nobody() -> None:
    """PynamoDB makes the client of DynamoDB, and ocsp_responder another one."""
    assert {service for _, service in _asked()} == SERVICES


def test_a_service_that_is_cut_is_refused_with_the_place_to_add_it() -> None:
    with pytest.raises(ServiceNotShipped, match=r"ec2 is not in the layer.* add it to .*services\.txt"):
        make_client("ec2", "eu-central-1")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders as pip installs them, cut: services that are kept, and one that is not."""
    folder = tmp_path_factory.mktemp("packages")
    data = folder / "botocore" / "data"
    data.mkdir(parents=True)
    for path in _WHOLE.glob("*.json"):
        shutil.copy(path, data)
    for service in [*_LISTED, "ec2"]:
        shutil.copytree(_WHOLE / service, data / service)
    shutil.copytree(Path(boto3.__file__).parent / "data", folder / "boto3" / "data")
    subprocess.run([sys.executable, str(_CUT), str(folder)], check=True)
    return folder


def test_what_is_left_are_the_services_and_what_belongs_to_all(packages: Path) -> None:
    left = {path.name for path in (packages / "botocore" / "data").iterdir()}
    assert left == {*_LISTED, *(path.name for path in _WHOLE.glob("*.json"))}


def test_boto3_keeps_the_resources_of_the_same_services(packages: Path) -> None:
    left = {path.name for path in (packages / "boto3" / "data").iterdir()}
    assert left == {"dynamodb", "s3", "sns", "sqs"}


@pytest.mark.parametrize("service", _LISTED)
def test_a_service_is_left_as_botocore_has_it_but_for_its_documentation(packages: Path, service: str) -> None:
    cut, whole = _session(packages / "botocore" / "data"), _session(_WHOLE)
    for kind in ("service-2", "endpoint-rule-set-1"):
        ours, theirs = (_model(session, service, kind) for session in (cut, whole))
        assert _undocumented(ours) == _undocumented(theirs)
    for region in _REGIONS:
        assert _endpoint(cut, service, region) == _endpoint(whole, service, region)


@pytest.mark.parametrize("service", _LISTED)
def test_every_operation_of_a_service_finds_its_endpoint_and_its_shapes(packages: Path, service: str) -> None:
    """botocore reads the parts of a model when a call needs them."""
    model = _client(_session(packages / "botocore" / "data"), service, _REGIONS[0]).meta.service_model
    whole = _client(_session(_WHOLE), service, _REGIONS[0]).meta.service_model
    ours, theirs = ([p.name for p in each.client_context_parameters] for each in (model, whole))
    assert ours == theirs
    for name in model.operation_names:
        operation = model.operation_model(name)
        for part in ("static_context_parameters", "context_parameters", "documentation", "error_shapes"):
            assert getattr(operation, part) is not None
        for shape in (operation.input_shape, operation.output_shape):
            assert shape is None or shape.documentation == ""


@pytest.mark.parametrize("service", _LISTED)
def test_regions_and_partitions_of_a_service_are_all_there(packages: Path, service: str) -> None:
    cut, whole = _session(packages / "botocore" / "data"), _session(_WHOLE)
    assert cut.get_available_partitions() == whole.get_available_partitions()
    for partition in whole.get_available_partitions():
        assert cut.get_available_regions(service, partition) == whole.get_available_regions(
            service, partition
        )


@cache
def _session(data: Path) -> botocore.session.Session:
    session = botocore.session.Session()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    session.set_credentials("testing", "testing")
    return session


def _model(session: botocore.session.Session, service: str, kind: str) -> Any:
    return session.get_component("data_loader").load_service_model(service, kind)


def _endpoint(session: botocore.session.Session, service: str, region: str) -> str:
    return str(_client(session, service, region).meta.endpoint_url)


def _client(session: botocore.session.Session, service: Any, region: str) -> Any:
    config: Any = {"ignore_configured_endpoint_urls": True}  # the stubs do not know it
    return session.create_client(service, region_name=region, config=Config(**config))


def _undocumented(node: Any) -> Any:
    if isinstance(node, list):
        return [_undocumented(each) for each in node]
    if not isinstance(node, dict):
        return node
    empty = {k: "" if k == "documentation" and isinstance(v, str) else v for k, v in node.items()}
    return {name: _undocumented(each) for name, each in empty.items()}
