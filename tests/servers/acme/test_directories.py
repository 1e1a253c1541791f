"""Directories of real ACME clients are imported: certificates with who renews them, and no byte of a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from certctl_client.inspection import is_ca
from tests.support.client.import_files import scanned
from tests.support.issuing.acme_clients import CLIENTS, NAME, require
from tests.support.issuing.pebble import Pebble, running_pebble


@pytest.fixture(scope="module")
def pebble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pebble]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEBBLE_VA_ALWAYS_VALID", "1")
        with running_pebble(tmp_path_factory.mktemp("pebble")) as server:
            yield server


def _names(certificate: x509.Certificate) -> list[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return found.get_values_for_type(x509.DNSName)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_directory_of_a_client_is_imported(pebble: Pebble, tmp_path: Path, client: str) -> None:
    require(client)
    directory = CLIENTS[client](pebble, tmp_path)
    seen = scanned(directory)
    leaves = [each for each in seen.found if not is_ca(_loaded(each.certificate))]
    assert leaves
    assert {each.renewed_by for each in leaves} == {client}
    assert {name for each in leaves for name in _names(_loaded(each.certificate))} == {NAME}
    assert any(each.chain for each in leaves)
    assert seen.refused == ()
    assert seen.keys


def test_both_versions_of_a_renewed_lineage_of_certbot_are_found(pebble: Pebble, tmp_path: Path) -> None:
    require("certbot")
    directory = CLIENTS["certbot"](pebble, tmp_path)
    places = {
        each.place.removeprefix(f"file:{directory}/"): each.certificate
        for each in scanned(directory).found
        if each.chain
    }
    assert set(places) == {
        f"live/{NAME}/fullchain.pem#1",
        f"archive/{NAME}/fullchain1.pem#1",
        f"archive/{NAME}/fullchain2.pem#1",
    }
    assert places[f"live/{NAME}/fullchain.pem#1"] == places[f"archive/{NAME}/fullchain2.pem#1"]


def _loaded(certificate: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate)
