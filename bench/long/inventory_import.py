"""How long an import of many PEM files takes on DynamoDB Local (needs Java 17 and npm), in how much memory.

Run: `PYTHONPATH=layers/certctl:client:. python bench/long/inventory_import.py 5000`. Writes the files, then
imports them twice: the command's scan and its chunks, and the service that takes them, in one process of its
own. The command's pause is left out: it holds the rows of certificates to 300 a second, which is 167 s of
50,000. The last result stands in docs/inventory.md."""

import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections import Counter
from pathlib import Path
from typing import Any

from bench.harness.databases import tables_of_this_run
from bench.memory import peak_mebibytes
from certctl.compose.inventory_api import InventoryApi
from certctl.compose.rooms.base import Overrides
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.services.inventory.imports import Sent
from certctl_client.importing.chunks import chunks_of
from certctl_client.importing.scanning import Scan
from certctl_client.importing.sources import Sources
from tests.support.aws.dynamodb_local import open_patient_database
from tests.support.inventory.made import NOW, Maker

_ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
_FOLDER = 500


def main(files: int) -> None:
    with tempfile.TemporaryDirectory() as name, tables_of_this_run() as local:
        began = time.monotonic()
        _write(Path(name), files)
        print(f"{files} files written in {time.monotonic() - began:.0f} s", flush=True)
        for _ in range(2):
            subprocess.run([sys.executable, __file__, name, local], check=True)


def import_all(directory: Path, local: str) -> None:
    database = open_patient_database(local)
    imports, written = InventoryApi(Overrides(now=lambda: NOW, database=database)).imports, _Written()
    written.watch(database.client)
    began, used = time.monotonic(), time.process_time()
    record, done = imports.begin(_ADMIN, "bench", None), Counter[str]()
    for number, entries in enumerate(chunks_of(Sources([directory], Scan(tuple)).found()), start=1):
        chunk = imports.take(_ADMIN, record.id, number, [_sent(each) for each in entries])
        done.update(added=chunk.added, unchanged=chunk.unchanged)
    imports.complete(_ADMIN, record.id)
    wall, processor = time.monotonic() - began, time.process_time() - used
    peak = peak_mebibytes()
    print(
        f"{done['added']} added, {done['unchanged']} unchanged, {written.certificates} rows of certificates "
        f"written: {wall:.1f} s, {processor:.1f} s of processor time, {peak} MiB",
        flush=True,
    )


def _sent(entry: dict[str, Any]) -> Sent:
    return Sent(**{**entry, "chain": tuple(entry["chain"])})


class _Written:
    """Counts the rows of certificates that a client writes."""

    def __init__(self) -> None:
        self.certificates = 0

    def watch(self, client: Any) -> None:
        real = client._make_api_call

        def call(operation: str, request: dict[str, Any]) -> Any:
            actions = request.get("TransactItems", []) if operation == "TransactWriteItems" else []
            items = [part.get("Item", part.get("Key", {})) for each in actions for part in each.values()]
            self.certificates += sum(item.get("record") == {"S": "certificate"} for item in items)
            return real(operation, request)

        client._make_api_call = call


def _write(directory: Path, files: int) -> None:
    maker = Maker()
    for number in range(files):
        folder = directory / f"{number // _FOLDER:04}"
        folder.mkdir(exist_ok=True)
        text = b64encode(maker.leaf(f"host-{number}.example.com", f"www.host-{number}.example.com"))
        pem = b"-----BEGIN CERTIFICATE-----\n" + text + b"\n-----END CERTIFICATE-----\n"
        (folder / f"{number}.pem").write_bytes(pem)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        import_all(Path(sys.argv[1]), sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
