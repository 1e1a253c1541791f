"""How long a scan of many files takes, and in how much memory. Arguments: files, certificates among them.

Writes the files into a temporary directory, 500 to each folder: PEM files with a leaf and its CA, keys, and
texts. Scans them twice, as `certctl inventory import DIR --dry-run` does, in a process of its own.

Last result (2026-11-30, a ninth of 2 cores), of 100000 10000: 43 s, 4.6 s of CPU, 37 MiB; again
37 s, 4.5 s of CPU.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from certctl_client.importing.found import Found
from certctl_client.importing.scanning import Scan
from tests.support.client.import_files import certificate, key_pem, pem

_FOLDER = 500


def main(files: int, certificates: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        _write(Path(name), files, certificates)
        print(f"{files} files, {certificates} with certificates, written in {time.monotonic() - began:.0f} s")
        for _ in range(2):
            command = [sys.executable, __file__, name]
            print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def scan(directory: Path) -> None:
    began, used = time.monotonic(), time.process_time()
    scan = Scan(tuple)
    found = sum(isinstance(each, Found) for each in scan.directory(directory))
    seconds, cpu = time.monotonic() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{scan.files} files, {found} certificates: {seconds:.1f} s, {cpu:.1f} s of CPU, {peak} MiB")


def _write(directory: Path, files: int, certificates: int) -> None:
    authority, key = certificate("ca.example", ca=True), key_pem()
    for number in range(files):
        folder = directory / f"{number // _FOLDER:04}"
        folder.mkdir(exist_ok=True)
        if number < certificates:
            leaf = certificate(f"host-{number}.example", serial=number + 1)
            (folder / f"{number}.pem").write_bytes(pem(leaf, authority))
        else:
            (folder / f"{number}.conf").write_bytes(key if number % 10 == 0 else b"listen = 443\n" * 100)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        scan(Path(sys.argv[1]))
    else:
        main(*map(int, sys.argv[1:]))
