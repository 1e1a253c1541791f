"""A scan of many files, as `certctl inventory import DIR --dry-run` does it: processor time beside an earlier
commit, and the memory of a process that does nothing else."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness.base import HERE, ran_in
from bench.harness.rows import Row, exactly
from bench.harness.sides import answering, both
from bench.harness.turns import cpu_ms
from certctl_client.importing.found import Found
from certctl_client.importing.scanning import Scan
from tests.support.client.import_files import certificate, key_pem, pem

_FOLDER = 500
_FILES, _CERTIFICATES = 20_000, 2_000


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, both(Path(__file__), name) as sides:
        _write(Path(name))
        what = f"{_FILES:,} files scanned, {_CERTIFICATES:,} with certificates"
        yield sides.row(what, "ms", "scan")
        peak = ran_in(HERE, Path(__file__), name, "once").peak_mb
        yield Row(f"{what}: memory", "MB", exactly(round(peak)))


def _scanned(directory: Path) -> None:
    scan = Scan(tuple)
    found = sum(isinstance(each, Found) for each in scan.directory(directory))
    if scan.files != _FILES or found != _CERTIFICATES:
        raise SystemExit(f"{scan.files} files and {found} certificates were found")


def _write(directory: Path) -> None:
    authority, key = certificate("ca.example", ca=True), key_pem()
    for number in range(_FILES):
        folder = directory / f"{number // _FOLDER:04}"
        folder.mkdir(exist_ok=True)
        if number < _CERTIFICATES:
            leaf = certificate(f"host-{number}.example", serial=number + 1)
            (folder / f"{number}.pem").write_bytes(pem(leaf, authority))
        else:
            (folder / f"{number}.conf").write_bytes(key if number % 10 == 0 else b"listen = 443\n" * 100)


def _main(name: str, *once: str) -> None:
    if once:
        return _scanned(Path(name))
    answering({"scan": lambda: cpu_ms(lambda: _scanned(Path(name)))})


if __name__ == "__main__":
    _main(*sys.argv[1:])
