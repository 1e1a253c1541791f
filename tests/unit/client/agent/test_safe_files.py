"""Target files: where they may be, and who may read them while they are written."""

import os
import stat
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from certctl_client.agent.errors import DeploymentFailed, WorkRefused
from certctl_client.agent.targets.safe_files import (
    Found,
    Marks,
    checked_path,
    found_at,
    put,
    put_back,
    remove,
)

_IDS = (os.geteuid(), os.getegid())
_PRIVATE = Marks(0o600, *_IDS)


def _pure(path: Path) -> PurePosixPath:
    return PurePosixPath(path)


@pytest.mark.parametrize(
    "text",
    ["key.pem", "./key.pem", "/etc//key.pem", "/etc/./key.pem", "/etc/../key.pem", "/", "", None, "/a\0b"],
)
def test_a_path_that_is_relative_or_makes_detours_is_refused(text: object) -> None:
    with pytest.raises(WorkRefused):
        checked_path(text)


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("former")

    put(_pure(path), b"new", _PRIVATE)

    assert path.read_text() == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "key.pem"
    victim.write_text("precious")
    path.symlink_to(victim)

    with pytest.raises(WorkRefused, match="symbolic link"):
        put(_pure(path), b"new", _PRIVATE)
    with pytest.raises(WorkRefused, match="symbolic link"):
        found_at(_pure(path))

    assert victim.read_text() == "precious"
    assert path.is_symlink()


def test_a_link_on_the_way_to_the_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(WorkRefused, match="name the real path"):
        put(_pure(tmp_path / "link" / "key.pem"), b"new", _PRIVATE)

    assert list((tmp_path / "real").iterdir()) == []


def test_a_link_that_waits_where_the_new_content_is_written_is_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "key.pem"
    victim.write_text("precious")
    (tmp_path / ".key.pem.certctl-new").symlink_to(victim)

    put(_pure(path), b"new", _PRIVATE)

    assert victim.read_text() == "precious"
    assert path.read_text() == "new"


def test_a_directory_that_everybody_may_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)

    with pytest.raises(WorkRefused, match="everybody"):
        put(_pure(tmp_path / "key.pem"), b"new", _PRIVATE)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "key.pem")

    with pytest.raises(WorkRefused):
        found_at(_pure(tmp_path / "key.pem"))
    with pytest.raises(WorkRefused):
        put(_pure(tmp_path / "key.pem"), b"new", _PRIVATE)


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkRefused, match="No such file"):
        put(_pure(tmp_path / "none" / "key.pem"), b"new", _PRIVATE)


def test_a_full_disk_leaves_the_former_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key.pem"
    path.write_text("former")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeploymentFailed, match="No space left"):
        put(_pure(path), b"new", _PRIVATE)

    assert path.read_text() == "former"


_seen: list[int] = []
_watched: list[str] = []


def _note_modes(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook stays for the life of the process: it looks only at what a test watches."""
    if event in ("os.rename", "os.chmod", "os.chown") and _watched:
        _seen.extend(stat.S_IMODE(Path(name).stat().st_mode) for name in _watched if Path(name).exists())


def test_a_key_is_never_readable_by_others_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    sys.addaudithook(_note_modes)
    _watched.extend([str(path), str(tmp_path / ".key.pem.certctl-new")])
    before = os.umask(0)
    try:
        put(_pure(path), b"key", Marks(0o640, os.geteuid(), os.getegid()))
    finally:
        os.umask(before)
        _watched.clear()

    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert _seen
    assert not [mode for mode in _seen if mode & 0o007]


def test_what_is_removed_takes_what_a_crash_left_with_it(tmp_path: Path) -> None:
    for name in ("key.pem", ".key.pem.certctl-new"):
        (tmp_path / name).write_text("x")

    remove(_pure(tmp_path / "key.pem"))
    remove(_pure(tmp_path / "key.pem"))

    assert list(tmp_path.iterdir()) == []


def test_what_is_there_still_is_put_back_without_a_write_and_nothing_is_left_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "key.pem"
    put(_pure(path), b"former", _PRIVATE)
    (tmp_path / ".key.pem.certctl-new").write_bytes(b"new")
    before = path.stat().st_ino

    put_back(_pure(path), Found(b"former", _PRIVATE))

    assert path.stat().st_ino == before
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("former", [Found(b"former", _PRIVATE), Found(b"new", Marks(0o640, *_IDS))])
def test_what_was_replaced_or_changed_is_put_back(tmp_path: Path, former: Found) -> None:
    path = tmp_path / "key.pem"
    put(_pure(path), b"new", _PRIVATE)

    put_back(_pure(path), former)

    assert found_at(_pure(path)) == former


def test_a_file_that_cannot_be_given_its_owner_leaves_no_new_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    path = tmp_path / "key.pem"
    put(_pure(path), b"former", _PRIVATE)
    monkeypatch.setattr(os, "fchown", refused)

    with pytest.raises(DeploymentFailed, match="Operation not permitted"):
        put(_pure(path), b"new", _PRIVATE)

    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]
