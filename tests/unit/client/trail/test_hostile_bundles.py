"""Bundles of strangers on disk: always a clear fault, never a traceback, a hang or a full memory."""

import hashlib
import json
import os
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from certctl_client.trail.bundle import DirectoryBundle
from certctl_client.trail.faults import Fault, FaultKind
from certctl_client.trail.trust import Trust
from certctl_client.trail.verify import verify
from tests.support.client.trails import Sealer, filtered_bundle, full_bundle, new_trail

EVENTS, SEALS, KEY = "events.jsonl", "seals.jsonl", "key.pem"


@pytest.fixture(scope="module")
def small_trail() -> Sealer:
    return new_trail(60, 5)


@pytest.fixture
def directory(small_trail: Sealer, tmp_path: Path) -> Path:
    return full_bundle(small_trail).write(tmp_path / "export")


def fault_in(directory: Path) -> Fault:
    fault = verify(DirectoryBundle(directory), Trust()).first_fault
    assert fault is not None
    assert fault.sentence().isprintable()
    return fault


def test_what_was_written_is_intact(directory: Path) -> None:
    report = verify(DirectoryBundle(directory), Trust())
    assert (report.first_fault, report.events, report.seals) == (None, 60, 5)


def test_a_filtered_one_too(small_trail: Sealer, tmp_path: Path) -> None:
    directory = filtered_bundle(small_trail).write(tmp_path / "filtered")
    assert verify(DirectoryBundle(directory), Trust()).is_intact


@pytest.mark.parametrize("name", [EVENTS, SEALS, KEY])
@pytest.mark.parametrize("how", ["missing", "link", "dangling", "pipe", "directory", "device"])
def test_only_regular_files_are_read(name: str, how: str, directory: Path, tmp_path: Path) -> None:
    path = directory / name
    real = path.rename(tmp_path / "elsewhere")
    make: dict[str, Callable[[], object]] = {
        "missing": lambda: None,
        "link": lambda: path.symlink_to(real),
        "dangling": lambda: path.symlink_to(tmp_path / "nowhere"),
        "pipe": lambda: os.mkfifo(path),
        "directory": path.mkdir,
        "device": lambda: path.symlink_to("/dev/zero"),
    }
    make[how]()
    assert fault_in(directory).kind is FaultKind.UNREADABLE


def test_an_empty_directory_is_no_export(tmp_path: Path) -> None:
    assert "not an export" in fault_in(tmp_path).what


def test_files_of_both_kinds_are_refused(directory: Path) -> None:
    (directory / "heads.jsonl").touch()
    assert "full and of a filtered" in fault_in(directory).what


@pytest.mark.parametrize("name", [EVENTS, SEALS])
def test_a_file_without_its_last_line_end_was_cut(name: str, directory: Path) -> None:
    path = directory / name
    path.write_bytes(path.read_bytes()[:-1])
    fault = fault_in(directory)
    assert (fault.kind, fault.file) == (FaultKind.UNREADABLE, name)


def test_no_seals_at_all_are_no_trail(directory: Path) -> None:
    (directory / SEALS).write_bytes(b"")
    assert fault_in(directory).kind is FaultKind.SEAL_ORDER


@pytest.mark.parametrize("name", [EVENTS, SEALS, KEY])
def test_a_line_without_end_takes_little_memory(name: str, directory: Path) -> None:
    with (directory / name).open("wb") as file:
        file.truncate(4 * 1024**3)  # a hole: it takes no room on the disk
    tracemalloc.start()
    fault = fault_in(directory)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fault.kind is FaultKind.UNREADABLE
    assert "more than" in fault.what
    assert peak < 60 * 1024 * 1024


def test_a_line_just_over_its_limit_is_refused(directory: Path) -> None:
    (directory / EVENTS).write_bytes(b"x" * (1024 * 1024 + 1) + b"\n")
    fault = fault_in(directory)
    assert (fault.kind, fault.file, fault.line) == (FaultKind.UNREADABLE, EVENTS, 1)


@pytest.mark.parametrize(
    "filler",
    [b"[" * 1_000_000, b"[]," * 1_000_000, b'{"a":' * 300_000, b"1" * 1_000_000, b'["a","b","c"],' * 100_000],
    ids=["deep", "empty lists", "objects", "a number", "entries"],
)
@pytest.mark.parametrize("where", ["head", "manifest", "whole"])
def test_a_seal_of_rubbish_is_no_seal(
    filler: bytes, where: str, directory: Path, small_trail: Sealer
) -> None:
    good = small_trail.sealed[0].object
    start = good.index(b'"manifest":') if where == "manifest" else good.index(b'"head":')
    line = filler if where == "whole" else good[: start + 11] + filler + good[start + 11 :]
    (directory / SEALS).write_bytes(line + b"\n")
    fault = fault_in(directory)
    assert (fault.kind, fault.line) == (FaultKind.SEAL_EDITED, 1)


@pytest.mark.parametrize(
    "manifest",
    [
        "[[],[],[]]",
        '[["a"]]',
        "{}",
        "null",
        '"text"',
        "7",
        "[[1,2,3]]",
        '[["a","zz","e"]]',
        '[["a",null,"e"]]',
    ],
)
def test_a_signed_manifest_of_another_form_is_told_as_such(manifest: str, tmp_path: Path) -> None:
    """A forger who supplies the key can sign anything."""
    for count in (0, 1, 3):
        sealer = Sealer()
        digest = hashlib.sha256(manifest.encode()).hexdigest()
        sealed = sealer.seal([], "", [], manifest_sha256=digest, count=count, total=count)
        line = sealed.object.replace(b'"manifest":[]', b'"manifest":' + manifest.encode())
        assert json.loads(line)
        directory = full_bundle(sealer).with_file(SEALS, [line]).write(tmp_path / f"export{count}")
        assert fault_in(directory).kind is FaultKind.SEAL_EDITED


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe\x00",
        b"{}",
        b"null",
        b'{"id":"\x1b[2J\\u001b[31m"}',
        b'{"id":"\\ud800"}',
        b'{"id":7}',
        b'{"id":' + b"[" * 200_000,
        b"9" * 10_000,
    ],
)
def test_an_event_line_of_rubbish_is_named_by_its_line(line: bytes, directory: Path) -> None:
    lines = (directory / EVENTS).read_bytes().splitlines()
    lines[3:3] = [line]
    (directory / EVENTS).write_bytes(b"".join(each + b"\n" for each in lines))
    fault = fault_in(directory)
    assert (fault.kind, fault.line) == (FaultKind.NOT_SEALED, 4)


def test_ids_of_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    sealer = Sealer()
    sealer.seal([b"{}"], "e", ["\x1b[2Jaud"])
    bundle = full_bundle(sealer).with_file(EVENTS, [])
    assert "\x1b" not in fault_in(bundle.write(tmp_path / "export")).sentence()


def test_random_bytes_never_end_in_a_traceback(small_trail: Sealer, tmp_path: Path) -> None:
    chance = random.Random(4)  # noqa: S311
    for number, bundle in enumerate((full_bundle(small_trail), filtered_bundle(small_trail))):
        directory = bundle.write(tmp_path / str(number))
        for name in bundle.files:
            original = (directory / name).read_bytes()
            for _ in range(25):
                rubbish = bytearray(original)
                at = chance.randrange(len(rubbish))
                rubbish[at : at + chance.randrange(60)] = chance.randbytes(chance.randrange(1, 60))
                (directory / name).write_bytes(rubbish)
                verify(DirectoryBundle(directory), Trust())
            (directory / name).write_bytes(original)


def test_a_head_with_numbers_too_large_is_told_as_such(tmp_path: Path) -> None:
    sealer = Sealer()
    line = sealer.seal([], "", []).object.replace(b'"seq":1', b'"seq":' + b"9" * 5_000)
    directory = full_bundle(sealer).with_file(SEALS, [line]).write(tmp_path / "export")
    assert fault_in(directory).kind is FaultKind.SEAL_EDITED
