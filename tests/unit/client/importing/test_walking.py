"""A directory is walked within its bounds, whatever strangers have put into it."""

import os
from pathlib import Path

import pytest

from tests.support.client.import_files import certificate, pem, scanned

_LEAF = certificate("www.example")


def test_files_of_directories_below_are_read(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "www.pem").write_bytes(pem(_LEAF))
    [found] = scanned(tmp_path).found
    assert found.place == f"file:{tmp_path}/a/b/www.pem#1"


def test_a_link_to_a_file_inside_is_a_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "real.pem").write_bytes(pem(_LEAF))
    (tmp_path / "link.pem").symlink_to("real.pem")
    assert [each.place for each in scanned(tmp_path).found] == [
        f"file:{tmp_path}/link.pem#1",
        f"file:{tmp_path}/real.pem#1",
    ]


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.pem").write_bytes(pem(_LEAF))
    (root / "link.pem").symlink_to("../outside.pem")
    seen = scanned(root)
    assert (seen.found, [each.reason for each in seen.refused]) == (
        (),
        ["It is a link that leads out of the directory: import a directory above."],
    )


def test_links_to_directories_and_circles_of_links_are_left(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(".")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert scanned(tmp_path).all == ()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pem")
    assert scanned(tmp_path).all == ()


def test_a_named_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pem")
    assert [each.reason for each in scanned(tmp_path / "pipe.pem").refused] == ["It is no regular file."]


def test_another_file_system_is_not_entered() -> None:
    shared = Path("/dev/shm")  # noqa: S108
    if not shared.is_dir() or shared.stat().st_dev == Path("/dev").stat().st_dev:
        pytest.skip("needs a file system below /dev")
    refused = {each.place: each.reason for each in scanned(Path("/dev")).refused}
    assert refused["file:/dev/shm"] == "It is on another file system: import it by its own path."


def test_a_large_file_is_refused_if_its_name_says_that_it_holds_certificates(tmp_path: Path) -> None:
    for name in ("large.pem", "large.log"):
        (tmp_path / name).write_bytes(b"\n" * (1024 * 1024 + 1))
    assert [(each.place, each.reason) for each in scanned(tmp_path).refused] == [
        (f"file:{tmp_path}/large.pem", "It has more than 1 MiB.")
    ]


def test_unprintable_characters_of_a_path_are_encoded(tmp_path: Path) -> None:
    name = b"a\x1b[31m<b>%\xff\n.pem"
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(pem(_LEAF))
    [found] = scanned(tmp_path).found
    assert found.place == f"file:{tmp_path}/a%1B[31m<b>%25%FF%0A.pem#1"


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gone.pem").write_bytes(pem(_LEAF))
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (tmp_path / "gone.pem").chmod(0)
    assert [each.reason for each in scanned(tmp_path).refused] == ["It cannot be read: Permission denied."]


def test_files_without_certificates_are_left_in_silence(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("0123")
    (tmp_path / "csr.pem").write_bytes(
        b"-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n"
    )
    assert scanned(tmp_path).all == ()


def test_a_file_that_a_person_names_is_refused_if_it_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "csr.pem").write_bytes(
        b"-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n"
    )
    assert [each.reason for each in scanned(tmp_path / "csr.pem").refused] == [
        "It holds no certificate: it is a signing request."
    ]


def test_a_broken_block_is_refused_and_the_next_one_read() -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nMII!\n-----END CERTIFICATE-----\n"
    seen = scanned(broken + pem(_LEAF))
    assert (seen.certificates, [each.reason for each in seen.refused]) == (
        [_LEAF],
        ["A PEM block in it is not base64."],
    )
