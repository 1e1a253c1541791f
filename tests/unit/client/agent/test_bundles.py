"""What the server gives is checked before it is put anywhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl_client.agent.bundles import checked_bundle, checked_leaf
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.wire import Version, Work, version_of, work_of
from tests.support.agents.ca import AgentCa, IssuedVersion

_NOW = datetime.now(UTC)
_RECORD: dict[str, Any] = {
    "job_id": "job-1",
    "type": "Deployment",
    "status": "Pending",
    "certificate_id": "mc-1",
    "common_name": "www.example.com",
    "sans": ["DNS:www.example.com"],
    "key": {"algorithm": "ECDSA", "size": 256},
    "target": {"id": "t-1", "type": "Files", "config": {}},
}


def _version(issued: IssuedVersion, **changed: str) -> Version:
    return version_of({name: getattr(issued, name) for name in Version.__annotations__} | changed)


def _work(issued: IssuedVersion) -> Work:
    return work_of(
        _RECORD | {"serial_number": issued.serial_number, "fingerprint_sha256": issued.fingerprint_sha256}
    )


@pytest.fixture(scope="module")
def issued() -> IssuedVersion:
    return AgentCa().issue(["www.example.com"])[0]


def test_the_version_of_the_job_with_its_chain_is_taken(issued: IssuedVersion) -> None:
    leaf = checked_leaf(_work(issued), _version(issued))
    bundle = checked_bundle(_version(issued), b"key", _NOW)

    assert bundle.certificate == leaf
    assert (bundle.leaf + bundle.chain).decode() == issued.full


def test_another_version_is_refused(issued: IssuedVersion) -> None:
    other = AgentCa().issue(["www.example.com"])[0]

    with pytest.raises(WorkRefused, match="another serial"):
        checked_leaf(_work(issued), _version(other))


def test_a_chain_of_another_ca_is_refused(issued: IssuedVersion) -> None:
    """The other CA has the same names, but other keys."""
    with pytest.raises(WorkRefused, match="does not verify"):
        checked_bundle(_version(issued, chain_pem=AgentCa().chain_pem), b"", _NOW)


def test_a_leaf_that_issues_is_refused(issued: IssuedVersion) -> None:
    with pytest.raises(WorkRefused, match="does not verify"):
        checked_bundle(_version(issued, chain_pem=issued.certificate_pem + issued.chain_pem), b"", _NOW)


@pytest.mark.parametrize("chain", ["", "\n"])
def test_no_chain_is_refused(issued: IssuedVersion, chain: str) -> None:
    with pytest.raises(WorkRefused, match="no chain"):
        checked_bundle(_version(issued, chain_pem=chain), b"", _NOW)


@pytest.mark.parametrize(("moved", "reason"), [(31, "expired"), (-61, "not valid yet")])
def test_what_is_not_valid_now_is_refused(issued: IssuedVersion, moved: int, reason: str) -> None:
    with pytest.raises(WorkRefused, match=reason):
        checked_bundle(_version(issued), b"", _NOW + timedelta(days=moved))


@pytest.mark.parametrize("field", ["job_id", "certificate_id"])
@pytest.mark.parametrize("value", ["../../etc", "", "A", "a/b", ".", None, 7])
def test_an_id_that_would_be_a_path_is_refused(field: str, value: object) -> None:
    with pytest.raises(WorkRefused):
        work_of(_RECORD | {field: value})
