"""A PKI for all tests of the folder, and a server with a certificate of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.probing.pki import Identity, Pki
from tests.support.probing.servers import serving, shaking_hands, tls_context


@pytest.fixture(scope="session")
def pki() -> Pki:
    return Pki()


@pytest.fixture
def identity(pki: Pki) -> Identity:
    return pki.identity()


@pytest.fixture
def file(identity: Identity, tmp_path: Path) -> Path:
    return identity.written(tmp_path)


@pytest.fixture
def port(file: Path) -> Iterator[int]:
    with serving(shaking_hands(tls_context(file))) as port:
        yield port
