"""A CRL of 100,000 entries beside `cfssl gencrl` (Debian golang-cfssl), which makes one from serials."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.canned_dynamodb import serving
from bench.crls.peers import make_ca, new_serials, write_serial_list
from bench.crls.publishing import ENTRIES, SIDE
from bench.harness.base import HERE
from bench.harness.peers import program
from bench.harness.rows import Row
from bench.harness.sides import side
from bench.harness.turns import Ran, beside, ran

_WHY = (
    "it reads serials only: no dates, no reasons, no rows; it neither sorts, nor reads back, nor compares, "
    "and it gives each entry the time of the run"
)


def rows() -> Iterator[Row]:
    cfssl = program("cfssl")
    with TemporaryDirectory() as name, serving(ENTRIES) as url:
        folder = Path(name)
        make_ca(folder)
        write_serial_list(folder, new_serials(ENTRIES))
        with side(HERE, SIDE, url, str(ENTRIES)) as ours:
            pair = beside(lambda: float(ours.ask("turn", "0")), lambda: _gencrl(cfssl, folder).cpu_ms)
            row = pair.row("a CRL of 100,000, every check kept", "ms", "cfssl gencrl")
            peaks = {"peak MB": float(ours.ask("peak"))}, {"peak MB": _gencrl(cfssl, folder).peak_mb}
            yield replace(row, counts=peaks[0], peer_counts=peaks[1], note=_WHY)


def _gencrl(cfssl: str, folder: Path) -> Ran:
    return ran([cfssl, "gencrl", "serials.txt", "ca.pem", "ca.key", str(72 * 3600)], cwd=folder)
