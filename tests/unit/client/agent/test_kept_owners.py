"""A file that is there keeps its owner only if the host allows that owner."""

import grp
import os
import pwd
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl_client.agent.bundles import Bundle
from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.registry import target_of
from tests.support.agents.ca import AgentCa

_NOBODY = pwd.getpwnam("nobody")
_THEIR_GROUP = grp.getgrgid(_NOBODY.pw_gid).gr_name
_ISSUED, _KEY = AgentCa().issue(["a.example.com"])
_LEAF = x509.load_pem_x509_certificate(_ISSUED.certificate_pem.encode())
_NEW = Bundle(_LEAF, _LEAF.public_bytes(Encoding.PEM), b"", _KEY.encode())

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def target(directory: Path, owners: Sequence[str] = (), **config: str) -> Target:
    paths = {"certificate_path": f"{directory}/tls.pem", "key_path": f"{directory}/tls.key"}
    consent = Consent(kinds=("Files",), directories=(str(directory),), owners=owners)
    return target_of("Files", Assignment("tgt-1", "mc-1", "a.example.com", paths | config, consent))


def planted(directory: Path, name: str, mode: int, uid: int = 0, gid: int = 0) -> Path:
    path = directory / name
    path.touch()
    os.chown(path, uid, gid)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("name", ["tls.key", "tls.pem"])
def test_a_strangers_empty_file_never_gets_the_key(tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o775)
    path = planted(tmp_path, name, 0o600, _NOBODY.pw_uid)

    for step in (target(tmp_path).snapshot, lambda: target(tmp_path).install(_NEW)):
        with pytest.raises(WorkRefused, match=f"{name} belongs to nobody, which is not a user"):
            step()

    assert path.read_bytes() == b""


def test_a_user_who_has_no_name_is_named_by_number(tmp_path: Path) -> None:
    planted(tmp_path, "tls.key", 0o600, 54_321)

    with pytest.raises(WorkRefused, match="belongs to 54321"):
        target(tmp_path).snapshot()


def test_a_group_that_could_read_the_key_needs_consent_too(tmp_path: Path) -> None:
    planted(tmp_path, "tls.key", 0o640, gid=_NOBODY.pw_gid)

    with pytest.raises(WorkRefused, match=f"belongs to {_THEIR_GROUP}"):
        target(tmp_path).snapshot()
    assert target(tmp_path, [_THEIR_GROUP]).snapshot()


def test_a_group_that_only_reads_the_certificate_needs_none(tmp_path: Path) -> None:
    planted(tmp_path, "tls.pem", 0o644, gid=_NOBODY.pw_gid)

    assert target(tmp_path).snapshot()


def test_an_owner_that_the_host_allows_is_kept(tmp_path: Path) -> None:
    path = planted(tmp_path, "tls.key", 0o600, _NOBODY.pw_uid)

    target(tmp_path, ["nobody"]).install(_NEW)

    assert (path.stat().st_uid, path.read_bytes()) == (_NOBODY.pw_uid, _NEW.key)


def test_the_configured_owner_takes_the_place_of_the_one_that_is_found(tmp_path: Path) -> None:
    path = planted(tmp_path, "tls.key", 0o600, _NOBODY.pw_uid)

    target(tmp_path, owner="root").install(_NEW)

    assert (path.stat().st_uid, path.read_bytes()) == (0, _NEW.key)
