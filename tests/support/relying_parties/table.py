"""The table of docs/revocation.md: which program takes which CRLs. `make clients-table` prints it."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp

from tests.support.relying_parties.programs import GOOD, Program, UnreadError, programs
from tests.support.relying_parties.published import PublishedCa, pki_host, published_ca

_SHARDS = 16


class Verdict(StrEnum):
    """What a program makes of the good and the revoked certificates of a CA."""

    RIGHT = "right"
    ACCEPTS_REVOKED = "**accepts revoked**"
    REFUSES_GOOD = "refuses good"
    UNREAD = "cannot read"
    FETCHES_NONE = "-"


@dataclass(frozen=True)
class Clients:
    """CAs, and programs that trust them."""

    sharded: PublishedCa
    programs: Sequence[Program]

    def row(self, program: Program) -> str:
        """One line of the table."""
        cells = [program.title, *(column(self, program) for column in COLUMNS.values())]
        return f"| {' | '.join(cells)} |"


@contextmanager
def clients() -> Iterator[Clients]:
    folder = Path(mkdtemp(prefix="clients-"))
    try:
        with pki_host(folder) as host:
            yield Clients(published_ca(folder, host, _SHARDS), programs(folder))
    finally:
        shutil.rmtree(folder)


def _by_none(clients: Clients, program: Program) -> Verdict:
    """By a CRL that does not list certificates of the CA at all."""
    return _verdict(program, clients.sharded, clients.sharded.root_crl)


def _by_all_shards(clients: Clients, program: Program) -> Verdict:
    ca = clients.sharded
    return _verdict(program, ca, *ca.numbered, ca.root_crl)


def _by_the_complete_one(clients: Clients, program: Program) -> Verdict:
    ca = clients.sharded
    return _verdict(program, ca, ca.complete, ca.root_crl)


def _by_those_of_the_urls(clients: Clients, program: Program) -> Verdict:
    return _verdict(program, clients.sharded) if program.fetches else Verdict.FETCHES_NONE


def _by_the_complete_one_alone(clients: Clients, program: Program) -> Verdict:
    return _verdict(program, clients.sharded, clients.sharded.complete)


COLUMNS: Mapping[str, Callable[[Clients, Program], Verdict]] = {
    "`all.crl` and the root's": _by_the_complete_one,
    "`all.crl` alone": _by_the_complete_one_alone,
    "all shards and the root's": _by_all_shards,
    "what it fetches": _by_those_of_the_urls,
    "the root's alone": _by_none,
}
HEADER = f"| program | {' | '.join(COLUMNS)} |"


def _verdict(program: Program, ca: PublishedCa, *crls: Path) -> Verdict:
    """By the given CRLs, or by those that the program fetches."""
    try:
        answers = program.answers(ca, _joined(crls) if crls else None)
    except UnreadError:
        return Verdict.UNREAD
    good, revoked = answers[: len(ca.good)], answers[len(ca.good) :]
    if GOOD in revoked:
        return Verdict.ACCEPTS_REVOKED
    return Verdict.RIGHT if set(good) == {GOOD} else Verdict.REFUSES_GOOD


def _joined(crls: Sequence[Path]) -> Path:
    path = crls[0].with_name("given.pem")
    path.write_bytes(b"".join(crl.read_bytes() for crl in crls))
    return path


def _main() -> None:
    write = sys.stdout.write
    write(f"{HEADER}\n| --- |{' --- |' * len(COLUMNS)}\n")
    with clients() as world:
        for program in world.programs:
            write(f"{world.row(program)}\n")


if __name__ == "__main__":
    _main()
