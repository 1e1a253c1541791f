"""The tables of docs/issuers.md are what programs do that nobody here wrote."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from certctl.domain.authorities.key_specs import KeySpec
from tests.support.relying_parties import key_specs, profiles
from tests.support.status.relying import said_by
from tests.support.template import ROOT

pytestmark = pytest.mark.timeout(600)  # five seconds a row by itself, minutes on busy cores
_PAGE = (ROOT / "docs" / "issuers.md").read_text(encoding="utf-8")
_ADVICE = "`make clients-table` prints the tables"


def _table(header: str) -> list[str]:
    return _PAGE.partition(header)[2].split("\n\n")[0].splitlines()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with key_specs.compiled() as made:
        yield made


@pytest.fixture(scope="module")
def rows() -> Mapping[str, str]:
    return profiles.rows()


@pytest.mark.parametrize(("root", "issuing"), key_specs.HIERARCHIES)
def test_clients_take_a_hierarchy_as_the_table_says(folder: Path, root: KeySpec, issuing: KeySpec) -> None:
    assert key_specs.row(root, issuing, folder) in _table(key_specs.HEADER), _ADVICE


@pytest.mark.parametrize("title", profiles.PROFILES)
def test_clients_take_the_leaves_of_a_profile_as_the_table_says(rows: Mapping[str, str], title: str) -> None:
    assert rows[title] in _table(profiles.HEADER), _ADVICE


def test_the_tables_have_no_other_rows() -> None:
    assert len(_table(key_specs.HEADER)) == 2 + len(key_specs.HIERARCHIES)
    assert len(_table(profiles.HEADER)) == 2 + len(profiles.PROFILES)


@pytest.mark.parametrize(
    ("title", "command"),
    [
        ("OpenSSL 3.5", ["openssl", "version"]),
        ("GnuTLS 3.8", ["certtool", "--version"]),
        ("Java 17", ["java", "-version"]),
        ("Go 1.24", ["go", "version"]),
        ("NSS 3.110", ["dpkg-query", "-W", "libnss3"]),
        ("NGINX 1.26", ["nginx", "-v"]),
        ("Apache httpd 2.4", ["apache2", "-v"]),
        ("HAProxy 3.0", ["haproxy", "-v"]),
    ],
)
def test_a_program_has_the_version_that_the_tables_name(title: str, command: list[str]) -> None:
    assert title in key_specs.TITLES
    assert title.rpartition(" ")[2] in said_by(*command)
