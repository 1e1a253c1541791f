"""One edition of a CRL of 100,000 entries: the publisher's whole cycle, from the rows to the comparison with
its predecessor, beside `openssl ca -gencrl`, and beside an earlier commit; each step of it; the CRL that
joins 16."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.canned_dynamodb import serving
from bench.crls.peers import make_ca, new_serials, write_openssl_index
from bench.harness.base import BASE, HERE, base_tree
from bench.harness.rows import Row, exactly
from bench.harness.sides import Side, side
from bench.harness.turns import TURNS, Pair, Ran, beside, ran

SIDE = Path(__file__).with_name("publishing_side.py")
ENTRIES = 100_000
_STEPS = {
    "inspect_crl": "reading the predecessor, and reading back, both with their signatures",
    "build_signed": "from rows to signed DER",
    "_check_content": "hash of what was read back, and its comparison",
    "check_successor": "comparison with the predecessor",
}
_UNLIKE = "openssl neither reads back nor compares; its process starts each time, ours is warm"


@dataclass
class Openssl:
    """`openssl ca` with one of its indexes."""

    folder: Path
    order: str
    peak_mb: float = 0

    def turn(self) -> float:
        done = gencrl(self.folder, self.order)
        self.peak_mb = done.peak_mb
        return done.cpu_ms


def gencrl(folder: Path, order: str) -> Ran:
    return ran(["openssl", "ca", "-gencrl", "-config", f"{order}.cnf", "-out", "crl.pem"], cwd=folder)


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as name, serving(ENTRIES) as url:
        folder = Path(name)
        make_ca(folder)
        write_openssl_index(folder, new_serials(ENTRIES))
        arguments = (url, str(ENTRIES))
        with side(HERE, SIDE, *arguments) as ours, side(base_tree(), SIDE, *arguments) as base:
            yield from _beside_openssl(ours, folder)
            yield from _beside_base(ours, base)


def _beside_openssl(ours: Side, folder: Path) -> Iterator[Row]:
    issued, ordered = (Openssl(folder, order) for order in ("issued", "sorted"))
    pair = beside(lambda: _cycle(ours), issued.turn)
    row = pair.row("a CRL of 100,000, every check kept", "ms", "openssl ca -gencrl")
    peak = float(ours.ask("peak"))
    yield replace(
        row,
        at_most=0.7,
        counts={"peak MB": peak},
        peer_counts={"peak MB": issued.peak_mb},
        note=_UNLIKE,
    )
    row = beside(lambda: _cycle(ours), ordered.turn).row(row.name, "ms", "openssl ca, serials counted up")
    yield replace(row, note="its index is in the order of the serials, so it need not sort")
    yield Row("memory of it, at most", "MB", exactly(peak), at_most=100)


def _beside_base(ours: Side, base: Side) -> Iterator[Row]:
    name = f"base {BASE}"
    yield beside(lambda: _cycle(ours), lambda: _cycle(base)).row("the same", "ms", name)
    mine, theirs = ([_steps(each) for _ in range(TURNS)] for each in (ours, base))
    for step, text in _STEPS.items():
        pair = Pair(tuple(turn[step] for turn in mine), tuple(turn[step] for turn in theirs))
        yield pair.row(text, "ms", name)
    joining = beside(lambda: _cycle(ours, "all"), lambda: _cycle(base, "all"))
    yield joining.row("`all.crl`, joined from 16 of 6,250", "ms", name)


def _cycle(of: Side, shard: str = "0") -> float:
    return float(of.ask("turn", shard))


def _steps(of: Side) -> dict[str, float]:
    found: dict[str, float] = of.ask("steps", "0")
    return found
