"""A CRL of 100,000 entries beside django-ca's, one turn of each: django-ca's takes minutes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.canned_dynamodb import serving
from bench.crls.peers import make_ca, new_serials, write_serial_list
from bench.crls.publishing import ENTRIES, SIDE
from bench.harness.base import HERE
from bench.harness.peers import peers_python
from bench.harness.rows import Row
from bench.harness.sides import side
from bench.harness.turns import Pair, ran

_THEIRS = Path(__file__).with_name("django_ca_side.py")


def rows() -> Iterator[Row]:
    python = peers_python()
    with TemporaryDirectory() as name, serving(ENTRIES) as url:
        folder = Path(name)
        make_ca(folder)
        write_serial_list(folder, new_serials(ENTRIES))
        with side(HERE, SIDE, url, str(ENTRIES)) as ours:
            mine, peak = float(ours.ask("turn", "0")), float(ours.ask("peak"))
        done = ran([str(python), str(_THEIRS), name])
        pair = Pair((mine,), (float(done.stdout.split()[-1]),))
        row = pair.row("a CRL of 100,000, every check kept", "ms", "django-ca")
        note = "one turn; its certificates are in SQLite, and their CRL only is measured"
        yield replace(row, counts={"peak MB": peak}, peer_counts={"peak MB": done.peak_mb}, note=note)
